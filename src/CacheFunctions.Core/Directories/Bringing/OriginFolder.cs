using System.Runtime.CompilerServices;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Directories.Bringing;

/// <summary>The files of an origin's folder.</summary>
internal static class OriginFolder
{
    private const int PageLength = 200;

    /// <returns>false: it is a file.</returns>
    /// <exception cref="CacheException">NotFound, Forbidden, Unavailable.</exception>
    public static async Task<bool> IsFolderAsync(OriginPath path, CancellationToken cancellation)
    {
        try
        {
            await path.Origin.ListAsync(path.Path, null, 1, cancellation);
            return true;
        }
        catch (CacheException error) when (error.Code is not (ErrorCode.NotFound or ErrorCode.Forbidden or ErrorCode.Unavailable))
        {
            return false;
        }
    }

    /// <summary>The paths of all files of a folder, at any depth, in ordinal order of names at each level.</summary>
    /// <param name="after">Relative to the folder: only those that come later; null: all.</param>
    public static async IAsyncEnumerable<string> FilesAsync(
        IOrigin origin, string folder, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var slash = after?.IndexOf('/') ?? -1;
        if (slash > 0)
        {
            // Within a folder: that one first, from its place on.
            await foreach (var file in FilesAsync(origin, $"{folder}/{after![..slash]}", after[(slash + 1)..], cancellation)) yield return file;
        }

        var last = slash > 0 ? after![..slash] : after;
        for (IReadOnlyList<OriginEntry>? page = null; page is null || page.Count == PageLength;)
        {
            page = await origin.ListAsync(folder, last, PageLength, cancellation);
            foreach (var entry in page)
            {
                last = entry.Name;
                var path = $"{folder}/{entry.Name}";
                if (!entry.IsFolder) yield return path;
                else await foreach (var file in FilesAsync(origin, path, null, cancellation)) yield return file;
            }
        }
    }

    public static async IAsyncEnumerable<IReadOnlyList<string>> InBatches(IAsyncEnumerable<string> files, int length)
    {
        var some = new List<string>();
        await foreach (var file in files)
        {
            some.Add(file);
            if (some.Count < length) continue;
            yield return some;
            some = [];
        }

        if (some.Count > 0) yield return some;
    }
}
