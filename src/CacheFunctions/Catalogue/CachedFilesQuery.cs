using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.Catalogue;

/// <summary>The query parameters of lists of cached files.</summary>
internal static class CachedFilesQuery
{
    public const int MaxLimit = 500;

    /// <summary>An offset costs memory and time in proportion to it; a cursor costs none.</summary>
    public const int MaxOffset = 100_000;

    /// <param name="userId">Whose files, where the address says it; null: the parameter user_id does.</param>
    public static FilesQuery Of(QueryReader query, string? userId = null)
    {
        var (order, descending) = Sort(query.Text("sort") ?? "-cached_at");
        var (min, max) = (query.Number("size_min", 0, long.MaxValue), query.Number("size_max", 0, long.MaxValue));
        if (min > max) throw CacheException.Invalid("size_min", $"must not be greater than size_max, which is {max}.");
        var cursor = Cursor(query);
        var offset = query.Number("offset", 0, long.MaxValue) ?? 0;
        if (offset > MaxOffset)
            throw CacheException.Invalid("offset", $"must be at most {MaxOffset}. Go further with the cursor that each page gives.");
        if (offset > 0 && cursor is not null) throw CacheException.Invalid("offset", "is counted from the beginning, so it cannot go with a cursor.");
        return new FilesQuery(
            new CachedFilesFilter(
                query.Text("search"),
                userId ?? (query.Text("user_id") is { } user ? Fields.UserId(user) : null),
                query.Choice<FileStatus>("status"),
                query.Choice<CacheTrigger>("triggered_by_operation"),
                min,
                max,
                query.Time("cached_since")),
            order,
            descending,
            query.Number("limit", 50, 1, MaxLimit),
            (int)offset,
            cursor);
    }

    public static FileCursor? Cursor(QueryReader query) => query.Text("cursor") is not { } text ? null
        : FileCursor.Parse(text) ?? throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");

    /// <summary>What was asked, as the document's filter_applied shows it.</summary>
    public static Dictionary<string, object> Applied(CachedFilesFilter filter, FilesQuery query)
    {
        var applied = new Dictionary<string, object>();
        Add("search", filter.Search);
        Add("user_id", filter.UserId);
        Add("status", filter.Status);
        Add("triggered_by_operation", filter.TriggeredByOperation);
        Add("size_min", filter.SizeMin);
        Add("size_max", filter.SizeMax);
        Add("cached_since", filter.CachedSince);
        Add("limit", query.Limit);
        Add("offset", query.Offset);
        return applied;

        void Add(string name, object? value)
        {
            if (value is not null) applied[name] = value;
        }
    }

    private static (FileOrder Order, bool Descending) Sort(string text) =>
        text.StartsWith('-') ? (Choices.Parse<FileOrder>("sort", text[1..]), true) : (Choices.Parse<FileOrder>("sort", text), false);
}
