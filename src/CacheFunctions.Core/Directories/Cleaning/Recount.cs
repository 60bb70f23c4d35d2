using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories.Cleaning;

/// <summary>
/// Counts all directories anew, and corrects what files stored past this service, or two writers of one file, have made wrong.
/// One listing for each outermost directory: one transaction for 5,000 files.
/// </summary>
internal sealed class Recount(DirectoryStore store, DirectoryIndex index)
{
    /// <summary>Safe to repeat, and to break off. What changes meanwhile is left to the next run.</summary>
    /// <returns>How many were wrong.</returns>
    public async Task<int> RunAsync(Trigger trigger, CancellationToken cancellation)
    {
        var tree = await index.AllAsync(exact: true, cancellation);
        var corrected = 0;
        foreach (var outermost in tree.All.Where(directory => tree.HolderOf(directory.Path) is null))
            corrected += await RunAsync(tree, outermost, trigger, cancellation);
        return corrected;
    }

    /// <summary>Counts one directory that lies in no other, and those in it. As above.</summary>
    public async Task<int> RunAsync(CachedDirectory outermost, Trigger trigger, CancellationToken cancellation) =>
        await RunAsync(await index.AllAsync(exact: true, cancellation), outermost, trigger, cancellation);

    private async Task<int> RunAsync(DirectoryTree tree, CachedDirectory outermost, Trigger trigger, CancellationToken cancellation)
    {
        var corrected = 0;
        var seen = tree.In(outermost.Path).Append(outermost).ToDictionary(directory => directory.Path, StringComparer.Ordinal);
        var counts = await CountAsync(outermost, seen, cancellation);
        foreach (var (path, count) in counts)
            if (await CorrectAsync(seen[path], count, trigger, cancellation)) corrected++;
        return corrected;
    }

    private async Task<Dictionary<string, (long Size, long Files)>> CountAsync(
        CachedDirectory outermost, Dictionary<string, CachedDirectory> directories, CancellationToken cancellation)
    {
        var counts = directories.Keys.ToDictionary(path => path, _ => (Size: 0L, Files: 0L), StringComparer.Ordinal);
        await foreach (var item in store.Blobs.ListAsync(outermost.Path + "/", cancellation))
        {
            for (var slash = outermost.Path.Length; slash > 0; slash = item.Name.IndexOf('/', slash + 1))
                if (counts.TryGetValue(item.Name[..slash], out var count)) counts[item.Name[..slash]] = (count.Size + item.SizeBytes, count.Files + 1);
        }

        return counts;
    }

    private async Task<bool> CorrectAsync(CachedDirectory seen, (long Size, long Files) count, Trigger trigger, CancellationToken cancellation)
    {
        if ((seen.SizeBytes, seen.FileCount) == count) return false;
        var corrected = false;
        try
        {
            await store.ChangeAsync(
                DirectoryPath.Stored(seen.Path),
                "directory_recounted",
                trigger,
                directory =>
                {
                    // Somebody has changed it since, and counted.
                    corrected = (directory.SizeBytes, directory.FileCount, directory.LockOwner) == (seen.SizeBytes, seen.FileCount, null);
                    return corrected
                        ? (directory with { SizeBytes = count.Size, FileCount = count.Files }, $"{count.Files} files with {count.Size} bytes, and not {seen.FileCount} with {seen.SizeBytes}")
                        : null;
                },
                cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return false;
        }

        return corrected;
    }
}
