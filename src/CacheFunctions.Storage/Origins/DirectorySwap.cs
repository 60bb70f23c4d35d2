using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins.Linux;
using Microsoft.Win32.SafeHandles;

namespace CacheFunctions.Storage.Origins;

/// <summary>Puts a complete temporary file in another's place, and finds out afterwards whether somebody had.</summary>
internal sealed class DirectorySwap(string origin, string root)
{
    public SwapResult Swap(StagedFile staged, Fingerprint? expected, string sha256, string conflictName)
    {
        var (folder, name) = Open(staged);
        using (folder)
        {
            var found = folder.Find(name);
            if (!IsExpected(folder, name, found, expected, out var actual)) return new SwapResult(null, new OriginState(actual));

            using var ours = OpenReady(folder, staged);
            var whole = folder.Describe(ours);
            var error = found is null ? PutNew(folder, staged, name) : Exchange(folder, staged, name);
            if (error == ErrorNumber.Exists) return new SwapResult(null, new OriginState(Describe(folder.Find(name))));
            if (error == ErrorNumber.NoEntry)
            {
                if (folder.Find(StagedNames.Ready(staged)) is null) throw StagedNames.TakenOver();
                return new SwapResult(null, new OriginState(null));
            }

            if (error != 0) throw folder.Failure(error);
            // A take-over may have claimed what was displaced, and died over it.
            var kept = found is null ? null
                : Displaced(folder, StagedNames.Ready(staged), found, expected, conflictName)
                ?? Displaced(folder, StagedNames.Taken(staged), found, expected, conflictName);
            folder.Sync();
            var swapped = folder.Describe(ours);
            // The rename changes the change time. Any other change is somebody's, who has found the new file already.
            var isOurs = swapped.Size == whole.Size && swapped.Modified.Instant == whole.Modified.Instant;
            return new SwapResult(DirectoryFingerprint.Of(isOurs ? swapped : whole, sha256), null, kept);
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
            folder.Remove(StagedNames.Part(staged));
            var error = folder.TryRename(StagedNames.Ready(staged), StagedNames.Taken(staged), Native.RenameNoReplace);
            if (error == ErrorNumber.Invalid) error = folder.TryRename(StagedNames.Ready(staged), StagedNames.Taken(staged), 0);
            if (error is not 0 and not ErrorNumber.NoEntry) throw folder.Failure(error);

            var actual = DirectoryFingerprint.Hashed(folder, name);
            var landed = actual?.Sha256 == targetSha256;
            string? kept = null;
            if (folder.Find(StagedNames.Taken(staged)) is not null && HashOf(folder, StagedNames.Taken(staged)) != targetSha256)
                kept = Displaced(folder, StagedNames.Taken(staged), null, expected, conflictName);
            else folder.Remove(StagedNames.Taken(staged));
            foreach (var left in StagedNames.Claimable(staged)) folder.Remove(left);
            folder.Sync();
            return landed ? new SwapResult(actual, null, kept) : new SwapResult(null, new OriginState(actual), kept);
        }
    }

    /// <summary>Removes the version that the swap displaced, if it is the expected one; else keeps it as a conflict copy.</summary>
    /// <param name="before">What stood there when the swap began; null: that is not known.</param>
    private static string? Displaced(
        OriginFolder folder, string temporary, StatX? before, Fingerprint? expected, string conflictName)
    {
        if (folder.Find(temporary) is not { } displaced) return null;
        // The rename itself changes the change time, so that is left out here.
        var isSeen = before is { } seen && seen.Inode == displaced.Inode && seen.Size == displaced.Size
            && seen.Modified.Instant == displaced.Modified.Instant;
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
        var error = folder.TryRename(StagedNames.Ready(staged), name, Native.RenameNoReplace);
        if (error != ErrorNumber.Invalid) return error;
        // The file system knows no such flag; a link refuses to replace as well.
        error = folder.TryLink(StagedNames.Ready(staged), name);
        if (error == 0) folder.Remove(StagedNames.Ready(staged));
        return error;
    }

    private static int Exchange(OriginFolder folder, StagedFile staged, string name)
    {
        var error = folder.TryRename(StagedNames.Ready(staged), name, Native.RenameExchange);
        return error == ErrorNumber.Invalid ? folder.TryRename(StagedNames.Ready(staged), name, 0) : error;
    }

    private static bool IsExpected(
        OriginFolder folder, string name, StatX? found, Fingerprint? expected, out Fingerprint? actual)
    {
        actual = Describe(found);
        if (actual is null || expected is null) return actual is null && expected is null;
        if (actual.IsSameVersion(expected)) return true;
        if (actual.SizeBytes != expected.SizeBytes || expected.Sha256 is null) return false;
        actual = DirectoryFingerprint.Hashed(folder, name);
        return actual?.Sha256 == expected.Sha256;
    }

    private static Fingerprint? Describe(StatX? stat) => stat is { } known ? DirectoryFingerprint.Of(known) : null;

    private static string? HashOf(OriginFolder folder, string name) => DirectoryFingerprint.Hashed(folder, name)?.Sha256;

    private (OriginFolder Folder, string Name) Open(StagedFile staged) => OriginFolder.Containing(root, origin, staged.Path);

    private static SafeFileHandle OpenReady(OriginFolder folder, StagedFile staged)
    {
        try
        {
            return folder.OpenRead(StagedNames.Ready(staged));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw StagedNames.TakenOver();
        }
    }
}
