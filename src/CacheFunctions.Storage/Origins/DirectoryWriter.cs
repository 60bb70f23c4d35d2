using System.Buffers;
using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>Makes the temporary file that is to replace another, whole and durable.</summary>
internal sealed class DirectoryWriter(string origin, string root)
{
    private const int BufferBytes = 256 << 10;
    private const uint NewFileMode = 0x1B6; // 0666, less the process's umask
    private const uint PrivateMode = 0x180; // 0600

    public void Prepare(StagedFile staged)
    {
        var (folder, name) = Open(staged);
        using (folder)
        {
            var existing = folder.FindFile(name);
            // Nobody may read a private file's copy while it is being written.
            folder.CreateNew(StagedNames.Part(staged), existing is null ? NewFileMode : PrivateMode).Dispose();
        }
    }

    public async Task WriteAsync(
        StagedFile staged, Stream content, long sizeBytes, string sha256, CancellationToken cancellation)
    {
        var (folder, name) = Open(staged);
        using (folder)
        {
            using var file = OpenPart(folder, staged);
            await FillAsync(file, content, sizeBytes, sha256, cancellation);
            await Task.Run(
                () =>
                {
                    if (folder.Find(name) is { } existing) KeepModeAndOwner(file, existing);
                    folder.Sync(file);
                    if ((long)folder.Describe(file).Size != sizeBytes) throw Damaged(staged);
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
            }
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The folder went, and the temporary file with it.
        }
    }

    private static async Task FillAsync(
        SafeFileHandle file, Stream content, long sizeBytes, string sha256, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long position = 0;
            for (int count; (count = await ReadAsync(content, buffer, cancellation)) > 0; position += count)
            {
                hash.AppendData(buffer, 0, count);
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, count), position, cancellation);
            }

            if (position != sizeBytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256) throw Damaged(null);
        }
        catch (IOException error)
        {
            throw Full(error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellation);
        }
        catch (Exception error) when (StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested)
        {
            throw StorageErrors.Translate(error);
        }
    }

    /// <summary>As an editor would. What the service has no right to give, it leaves.</summary>
    private static void KeepModeAndOwner(SafeFileHandle file, in StatX existing)
    {
        // The owner first: changing it clears the set-user-id bits.
        _ = Native.ChangeOwner(file, existing.User, existing.Group);
        _ = Native.ChangeMode(file, existing.Permissions);
    }

    private (OriginFolder Folder, string Name) Open(StagedFile staged) => OriginFolder.Containing(root, origin, staged.Path);

    private static SafeFileHandle OpenPart(OriginFolder folder, StagedFile staged)
    {
        try
        {
            return folder.OpenWrite(StagedNames.Part(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw StagedNames.TakenOver();
        }
    }

    private static CacheException Damaged(StagedFile? staged) => new(
        ErrorCode.Unavailable,
        $"What was read from storage is not what was saved{(staged is null ? "" : $" for {staged.Path}")}. Nothing was written. Try again.");

    private static CacheException Full(IOException error) => (error.HResult & 0xFFFF) is 28 or 122
        ? new CacheException(ErrorCode.QuotaExceeded, "The origin is full. Free space there, then sync again; your work is kept.", null, error)
        : CacheException.Unavailable("The origin failed while it was being written. Your work is kept. Sync again.", error);
}
