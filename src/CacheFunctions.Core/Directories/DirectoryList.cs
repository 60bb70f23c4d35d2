using CacheFunctions.Directories.Index;

namespace CacheFunctions.Directories;

public enum DirectorySort
{
    Path,
    SizeBytes,
    FileCount,
    RegisteredAt,
    LastAccessed,
    AccessCount,
    ExpiresAt,
}

/// <summary>Which page of the list.</summary>
/// <param name="After">The last directory of the page before; null: the first page.</param>
public sealed record DirectoryQuery(int Limit, DirectorySort Sort, bool Descending, DirectoryPlace? After);

/// <summary>A directory's place in a sorted list, which stays a place when the directory has gone.</summary>
/// <param name="Value">What is sorted by; 0 where that is the path.</param>
public sealed record DirectoryPlace(long Value, string Path);

/// <summary>Sorts and pages directories. O(n log n) for a page.</summary>
internal static class DirectoryList
{
    /// <returns>The page, and where the next one begins; null: it is the last.</returns>
    public static (IReadOnlyList<CachedDirectory> Page, DirectoryPlace? Next) Page(DirectoryTree tree, DirectoryQuery query)
    {
        var sign = query.Descending ? -1 : 1;
        var rest = tree.All
            .Select(directory => (Directory: directory, Place: new DirectoryPlace(Value(directory, query.Sort), directory.Path)))
            .Where(each => query.After is null || sign * Compare(each.Place, query.After) > 0)
            .ToList();
        rest.Sort((one, other) => sign * Compare(one.Place, other.Place));
        var page = rest.Take(query.Limit).ToList();
        return ([.. page.Select(each => each.Directory)], rest.Count > query.Limit ? page[^1].Place : null);
    }

    private static int Compare(DirectoryPlace one, DirectoryPlace other) =>
        one.Value != other.Value ? one.Value.CompareTo(other.Value) : string.CompareOrdinal(one.Path, other.Path);

    private static long Value(CachedDirectory directory, DirectorySort sort) => sort switch
    {
        DirectorySort.SizeBytes => directory.SizeBytes,
        DirectorySort.FileCount => directory.FileCount,
        DirectorySort.RegisteredAt => directory.RegisteredAt.UtcTicks,
        // All have the same TTL.
        DirectorySort.LastAccessed or DirectorySort.ExpiresAt => directory.LastAccessed.UtcTicks,
        DirectorySort.AccessCount => directory.AccessCount,
        _ => 0,
    };
}
