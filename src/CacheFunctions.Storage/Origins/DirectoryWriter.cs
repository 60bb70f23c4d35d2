using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>Makes the temporary file that is to replace another, whole and durable.</summary>
internal sealed class DirectoryWriter(string origin, string root)
{
    private const uint NewFileMode = 0x1B6; // 0666, less the process's umask
    private const uint PrivateMode = 0x180; // 0600

    public void Prepare(StagedFile staged, bool makeFolder)
    {
        var (folder, name) = makeFolder ? OriginFolder.Making(root, origin, staged.Path) : Open(staged);
        using (folder)
        {
            var existing = folder.FindFile(name);
            // Nobody may read a private file's copy while it is being written.
            folder.CreateNew(StagedNames.Part(staged), existing is null ? NewFileMode : PrivateMode).Dispose();
        }
    }

    /// <summary>
    /// Renames the part. Its writer may still have it open and go on for a block, but it can no longer finish it: the
    /// name that it would finish is gone. A writer that died over its copy of what it had claimed itself has less than
    /// that, so then its part goes, and the same is claimed again.
    /// </summary>
    public string? Claim(StagedFile left)
    {
        OriginFolder folder;
        try
        {
            (folder, _) = Open(left);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }

        using (folder)
        {
            if (left.Claimed is { } before && folder.Find(StagedNames.Left(before)) is not null)
                return folder.Remove(StagedNames.Part(left)) ? before : null;
            var kept = StagedNames.Left(left.TemporaryName);
            var error = folder.TryRename(StagedNames.Part(left), kept, 0);
            if (error is not 0 and not ErrorNumber.NoEntry) throw folder.Failure(error);
            // Before a record names it; else a power cut could bring the old name back, which nobody would remove.
            if (error == 0) folder.Sync();
            return error == 0 || folder.Find(kept) is not null ? left.TemporaryName : null;
        }
    }

    public async Task WriteAsync(
        StagedFile staged, OriginContent content, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (folder, name) = Open(staged);
        using (folder)
        {
            using var file = OpenPart(folder, staged);
            var part = folder.Describe(file);
            var filling = new PartFilling(file, content, progress, () => RequireOurs(folder, staged, part));
            var kept = await CopyClaimedAsync(folder, staged, filling, cancellation);
            await filling.FillAsync(kept, cancellation);
            await Task.Run(
                () =>
                {
                    if (folder.Find(name) is { } existing) FileAttributes.Keep(folder, name, existing, file);
                    folder.Sync(file);
                    if ((long)folder.Describe(file).Size != content.SizeBytes) throw PartFilling.Damaged();
                    var error = folder.TryRename(StagedNames.Part(staged), StagedNames.Ready(staged), 0);
                    if (error != 0) throw error == ErrorNumber.NoEntry ? StagedNames.TakenOver() : folder.Failure(error);
                },
                cancellation);
        }
    }

    public void Abandon(StagedFile staged)
    {
        try
        {
            var (folder, _) = Open(staged);
            using (folder)
            {
                // What a take-over that broke off has taken was never swapped in, so it holds nothing of anybody else's.
                foreach (var own in StagedNames.Own(staged)) folder.Remove(own);
            }
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The folder went, and the temporary file with it.
        }
    }

    /// <returns>How many bytes the part now has.</returns>
    private static async Task<long> CopyClaimedAsync(
        OriginFolder folder, StagedFile staged, PartFilling filling, CancellationToken cancellation)
    {
        if (staged.Claimed is not { } claimed) return 0;
        try
        {
            using var left = folder.OpenRead(StagedNames.Left(claimed));
            var copied = await filling.CopyAsync(left, cancellation);
            // Now rather than at the end, so that a large file does not take its room twice for long.
            folder.Remove(StagedNames.Left(claimed));
            return copied;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The sleeper has woken up and ended its own write. The content is there, and is written from its beginning.
            return 0;
        }
    }

    private (OriginFolder Folder, string Name) Open(StagedFile staged) => OriginFolder.Containing(root, origin, staged.Path);

    private static void RequireOurs(OriginFolder folder, StagedFile staged, in StatX part)
    {
        if (folder.Find(StagedNames.Part(staged)) is not { } found || found.Inode != part.Inode) throw StagedNames.TakenOver();
    }

    private static SafeFileHandle OpenPart(OriginFolder folder, StagedFile staged)
    {
        try
        {
            return folder.OpenReadWrite(StagedNames.Part(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw StagedNames.TakenOver();
        }
    }
}
