using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.InMemory.Disk;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Puts a complete temporary file in another's place, and finds out afterwards whether somebody had.</summary>
internal sealed class MemoryOriginSwap(MemoryDisk disk, Link link)
{
    public async Task<SwapResult> SwapAsync(StagedFile staged, Fingerprint? expected, string sha256, string conflictName)
    {
        var (folder, name) = await DiskFolder.ContainingAsync(disk, link, staged.Path);
        var found = await folder.FindAsync(name);
        var (isExpected, actual) = await CompareAsync(folder, name, found, expected);
        if (!isExpected) return new SwapResult(null, new OriginState(actual));

        var ready = StagedName.Ready(staged);
        var ours = await OpenReadyAsync(folder, ready);
        var whole = await folder.DescribeAsync(ours);
        var result = await folder.RenameAsync(ready, name, found is null ? RenameMode.NoReplace : RenameMode.Exchange);
        if (result == DiskResult.Exists) return new SwapResult(null, new OriginState(Of(await folder.FindAsync(name))));
        if (result == DiskResult.NoEntry)
        {
            if (await folder.FindAsync(ready) is null) throw StagedName.TakenOver();
            return new SwapResult(null, new OriginState(null));
        }

        var kept = found is null ? null
            : await DisplacedAsync(folder, ready, found, expected, conflictName)
            ?? await DisplacedAsync(folder, StagedName.Taken(staged), found, expected, conflictName);
        await folder.SyncAsync();
        var swapped = await folder.DescribeAsync(ours);
        // The rename changes the change time. Any other change is somebody's, who has found the new file already.
        var isOurs = swapped.SizeBytes == whole.SizeBytes && swapped.Modified == whole.Modified;
        return new SwapResult(MemoryOrigin.Of(disk, isOurs ? swapped : whole, sha256), null, kept);
    }

    public async Task<SwapResult> TakeOverAsync(
        StagedFile staged, Fingerprint? expected, string targetSha256, string conflictName)
    {
        DiskFolder folder;
        string name;
        try
        {
            (folder, name) = await DiskFolder.ContainingAsync(disk, link, staged.Path);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return new SwapResult(null, new OriginState(null));
        }

        // In this order: the sleeper turns part into ready, so what slips past the first line meets the second.
        await folder.RemoveAsync(StagedName.Part(staged));
        var taken = StagedName.Taken(staged);
        await folder.RenameAsync(StagedName.Ready(staged), taken, RenameMode.NoReplace);

        var actual = await HashedAsync(folder, name);
        var landed = actual?.Sha256 == targetSha256;
        string? kept = null;
        if (await HashedAsync(folder, taken) is { } left && left.Sha256 != targetSha256)
            kept = await DisplacedAsync(folder, taken, null, expected, conflictName);
        else await folder.RemoveAsync(taken);
        foreach (var claimable in StagedName.Claimable(staged)) await folder.RemoveAsync(claimable);
        await folder.SyncAsync();
        return landed ? new SwapResult(actual, null, kept) : new SwapResult(null, new OriginState(actual), kept);
    }

    /// <summary>Removes the version that the swap displaced, if it is the expected one; else keeps it as a conflict copy.</summary>
    /// <param name="seen">What stood there right before the swap; null: not known.</param>
    private async Task<string?> DisplacedAsync(
        DiskFolder folder, string temporary, DiskStat? seen, Fingerprint? expected, string conflictName)
    {
        if (await folder.FindAsync(temporary) is not { } displaced) return null;
        // The rename itself changes the change time, so that is left out here.
        var isSeen = seen is { } before && before.Number == displaced.Number && before.SizeBytes == displaced.SizeBytes
            && before.Modified == displaced.Modified;
        if (isSeen || (expected is not null && (await HashedAsync(folder, temporary))?.Sha256 == expected.Sha256))
        {
            await folder.RemoveAsync(temporary);
            return null;
        }

        return await KeepAsync(folder, temporary, conflictName);
    }

    /// <returns>The name it got: where the wanted one is taken, one with a number. null: another take-over was first.</returns>
    private static async Task<string?> KeepAsync(DiskFolder folder, string temporary, string conflictName)
    {
        var stem = conflictName.Length - Path.GetExtension(conflictName).Length;
        for (var attempt = 1; ; attempt++)
        {
            var kept = attempt == 1 ? conflictName : $"{conflictName[..stem]} {attempt}{conflictName[stem..]}";
            var result = await folder.RenameAsync(temporary, kept[(kept.LastIndexOf('/') + 1)..], RenameMode.NoReplace);
            if (result == DiskResult.Done) return kept;
            if (result == DiskResult.NoEntry) return null;
        }
    }

    private async Task<(bool IsExpected, Fingerprint? Actual)> CompareAsync(
        DiskFolder folder, string name, DiskStat? found, Fingerprint? expected)
    {
        var actual = Of(found);
        if (actual is null || expected is null) return (actual is null && expected is null, actual);
        if (actual.IsSameVersion(expected)) return (true, actual);
        if (actual.SizeBytes != expected.SizeBytes || expected.Sha256 is null) return (false, actual);
        actual = await HashedAsync(folder, name);
        return (actual?.Sha256 == expected.Sha256, actual);
    }

    private async Task<Fingerprint?> HashedAsync(DiskFolder folder, string name)
    {
        try
        {
            var file = await folder.OpenAsync(name);
            // Described before it is read: what changes during the reading then shows as another version.
            var stat = await folder.DescribeAsync(file);
            var bytes = await folder.ReadAsync(file, 0, int.MaxValue);
            return MemoryOrigin.Of(disk, stat, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<MemoryFile> OpenReadyAsync(DiskFolder folder, string ready)
    {
        try
        {
            return await folder.OpenAsync(ready);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw StagedName.TakenOver();
        }
    }

    private Fingerprint? Of(DiskStat? stat) => stat is { } known ? MemoryOrigin.Of(disk, known) : null;
}
