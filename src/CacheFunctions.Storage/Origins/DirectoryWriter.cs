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
    /// Renames the part. Its writer may still have it open and go on for a block, with the same bytes at the same
    /// places, but it can no longer finish it: the name that it would finish is gone.
    /// </summary>
    public bool Adopt(StagedFile left, StagedFile staged)
    {
        OriginFolder folder;
        try
        {
            (folder, _) = Open(left);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return false;
        }

        using (folder)
        {
            var error = folder.TryRename(StagedNames.Part(left), StagedNames.Part(staged), Native.RenameNoReplace);
            if (error == ErrorNumber.Invalid) error = folder.TryRename(StagedNames.Part(left), StagedNames.Part(staged), 0);
            if (error is not 0 and not ErrorNumber.NoEntry and not ErrorNumber.Exists) throw folder.Failure(error);
            // Before a record names it; else a power cut could bring the old name back, which nobody would remove.
            if (error == 0) folder.Sync();
            return error == 0 || (error == ErrorNumber.NoEntry && folder.Find(StagedNames.Part(staged)) is not null);
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
            await filling.FillAsync((long)part.Size, cancellation);
            await Task.Run(
                () =>
                {
                    // Never shorter than the content: another who fills the same part may be further.
                    if ((long)folder.Describe(file).Size > content.SizeBytes) folder.Truncate(file, content.SizeBytes);
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
                folder.Remove(StagedNames.Part(staged));
                folder.Remove(StagedNames.Ready(staged));
                // Claimed by a take-over that broke off. Never swapped in, it holds nothing of anybody else's.
                folder.Remove(StagedNames.Taken(staged));
            }
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The folder went, and the temporary file with it.
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
