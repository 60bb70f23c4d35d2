using System.Buffers;
using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// Replaces files whole. The temporary file has three names in turn, so that who comes after a crash knows what it
/// is: <c>.part</c> is ours and may be incomplete; <c>.ready</c> is ours and complete until the swap, and after it
/// the version that was displaced; <c>.taken</c> is a <c>.ready</c> that a take-over has claimed.
/// </summary>
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
            folder.CreateNew(Part(staged), existing is null ? NewFileMode : PrivateMode).Dispose();
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
                    var error = folder.TryRename(Part(staged), Ready(staged), 0);
                    if (error != 0) throw error == ErrorNumber.NoEntry ? TakenOver() : folder.Failure(error);
                },
                cancellation);
        }
    }

    public SwapResult Swap(StagedFile staged, Fingerprint? expected, string sha256, string conflictName)
    {
        var (folder, name) = Open(staged);
        using (folder)
        {
            var found = folder.Find(name);
            if (!IsExpected(folder, name, found, expected, out var actual)) return new SwapResult(null, new OriginState(actual));

            using var ours = OpenReady(folder, staged);
            var error = found is null ? PutNew(folder, staged, name) : Exchange(folder, staged, name);
            if (error == ErrorNumber.Exists) return new SwapResult(null, new OriginState(Describe(folder.Find(name))));
            if (error == ErrorNumber.NoEntry)
            {
                if (folder.Find(Ready(staged)) is null) throw TakenOver();
                return new SwapResult(null, new OriginState(null));
            }

            if (error != 0) throw folder.Failure(error);
            var kept = found is null ? null : Displaced(folder, Ready(staged), found, expected, conflictName, staged);
            folder.Sync();
            return new SwapResult(DirectoryFingerprint.Of(folder.Describe(ours), sha256), null, kept);
        }
    }

    public void Abandon(StagedFile staged)
    {
        try
        {
            var (folder, _) = Open(staged);
            using (folder)
            {
                folder.Remove(Part(staged));
                folder.Remove(Ready(staged));
            }
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The folder went, and the temporary file with it.
        }
    }

    public SwapResult TakeOver(StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName)
    {
        OriginFolder folder;
        string name;
        try
        {
            (folder, name) = Open(staged);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return new SwapResult(null, new OriginState(null));
        }

        using (folder)
        {
            // In this order: the sleeper turns part into ready, so what slips past the first line meets the second.
            folder.Remove(Part(staged));
            var error = folder.TryRename(Ready(staged), Taken(staged), Native.RenameNoReplace);
            if (error == ErrorNumber.Invalid) error = folder.TryRename(Ready(staged), Taken(staged), 0);
            if (error is not 0 and not ErrorNumber.NoEntry) throw folder.Failure(error);

            var actual = Hashed(folder, name);
            var landed = actual?.Sha256 == targetSha256;
            string? kept = null;
            if (folder.Find(Taken(staged)) is { } taken && HashOf(folder, Taken(staged)) != targetSha256)
                kept = Displaced(folder, Taken(staged), taken, expected, conflictName, staged);
            else folder.Remove(Taken(staged));
            folder.Sync();
            return landed ? new SwapResult(actual, null, kept) : new SwapResult(null, new OriginState(actual), kept);
        }
    }

    /// <summary>Removes the version that the swap displaced, if it is the expected one; else keeps it as a conflict copy.</summary>
    private static string? Displaced(
        OriginFolder folder, string temporary, StatX? before, Fingerprint? expected, string conflictName, StagedFile staged)
    {
        if (folder.Find(temporary) is not { } displaced) return null;
        // The rename itself changes the change time, so that is left out here.
        var isSeen = before is { } seen && seen.Inode == displaced.Inode && seen.Size == displaced.Size
            && seen.Modified.Instant == displaced.Modified.Instant && temporary == Ready(staged);
        if (isSeen || (expected is not null && HashOf(folder, temporary) == expected.Sha256))
        {
            folder.Remove(temporary);
            return null;
        }

        return Keep(folder, temporary, conflictName);
    }

    /// <returns>The name it got: where the wanted one is taken, one with a number. null: another take-over was first.</returns>
    private static string? Keep(OriginFolder folder, string temporary, string conflictName)
    {
        var stem = conflictName.Length - Path.GetExtension(conflictName).Length;
        for (var attempt = 1; ; attempt++)
        {
            var kept = attempt == 1 ? conflictName : $"{conflictName[..stem]} {attempt}{conflictName[stem..]}";
            var error = folder.TryRename(temporary, kept[(kept.LastIndexOf('/') + 1)..], Native.RenameNoReplace);
            if (error == 0) return kept;
            if (error == ErrorNumber.NoEntry) return null;
            if (error != ErrorNumber.Exists) throw folder.Failure(error);
        }
    }

    private static int PutNew(OriginFolder folder, StagedFile staged, string name)
    {
        var error = folder.TryRename(Ready(staged), name, Native.RenameNoReplace);
        if (error != ErrorNumber.Invalid) return error;
        // The file system knows no such flag; a link refuses to replace as well.
        error = folder.TryLink(Ready(staged), name);
        if (error == 0) folder.Remove(Ready(staged));
        return error;
    }

    private static int Exchange(OriginFolder folder, StagedFile staged, string name)
    {
        var error = folder.TryRename(Ready(staged), name, Native.RenameExchange);
        return error == ErrorNumber.Invalid ? folder.TryRename(Ready(staged), name, 0) : error;
    }

    private static bool IsExpected(
        OriginFolder folder, string name, StatX? found, Fingerprint? expected, out Fingerprint? actual)
    {
        actual = Describe(found);
        if (actual is null || expected is null) return actual is null && expected is null;
        if (actual.IsSameVersion(expected)) return true;
        if (actual.SizeBytes != expected.SizeBytes || expected.Sha256 is null) return false;
        actual = Hashed(folder, name);
        return actual?.Sha256 == expected.Sha256;
    }

    private static Fingerprint? Describe(StatX? stat) => stat is { } known ? DirectoryFingerprint.Of(known) : null;

    private static Fingerprint? Hashed(OriginFolder folder, string name)
    {
        if (folder.Find(name) is not { IsFile: true }) return null;
        try
        {
            using var file = folder.OpenRead(name);
            // Described before it is read: what changes during the reading then shows as another version.
            var stat = folder.Describe(file);
            return DirectoryFingerprint.Of(stat, DirectoryFingerprint.Hash(file));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Another take-over, or a stranger, has just removed it.
            return null;
        }
    }

    private static string? HashOf(OriginFolder folder, string name) => Hashed(folder, name)?.Sha256;

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
            return folder.OpenWrite(Part(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw TakenOver();
        }
    }

    private static SafeFileHandle OpenReady(OriginFolder folder, StagedFile staged)
    {
        try
        {
            return folder.OpenRead(Ready(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw TakenOver();
        }
    }

    private static string Part(StagedFile staged) => staged.TemporaryName + ".part";

    private static string Ready(StagedFile staged) => staged.TemporaryName + ".ready";

    private static string Taken(StagedFile staged) => staged.TemporaryName + ".taken";

    private static CacheException TakenOver() => new(
        ErrorCode.Conflict, "Another instance has taken this write over, since it took too long. Sync again.");

    private static CacheException Damaged(StagedFile? staged) => new(
        ErrorCode.Unavailable,
        $"What was read from storage is not what was saved{(staged is null ? "" : $" for {staged.Path}")}. Nothing was written. Try again.");

    private static CacheException Full(IOException error) => (error.HResult & 0xFFFF) is 28 or 122
        ? new CacheException(ErrorCode.QuotaExceeded, "The origin is full. Free space there, then sync again; your work is kept.", null, error)
        : CacheException.Unavailable("The origin failed while it was being written. Your work is kept. Sync again.", error);
}
