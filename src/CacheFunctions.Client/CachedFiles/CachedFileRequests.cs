using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>What is to be cached, for whom and why.</summary>
public sealed record NewCachedFile
{
    public required string FilePath { get; init; }

    /// <summary>The file in its origin; null: <see cref="FilePath"/>.</summary>
    public string? OriginalPath { get; init; }

    /// <summary>An existing copy, which is recorded; null: one is made.</summary>
    public string? CachedPath { get; init; }

    public string? UserId { get; init; }

    /// <summary>null: manual.</summary>
    public CacheTrigger? TriggeredByOperation { get; init; }

    /// <summary>null: as the service is set.</summary>
    public CacheMethod? CacheMethod { get; init; }

    /// <summary>Why this user wants it; up to 200 characters.</summary>
    public string? AttributionReason { get; init; }

    /// <summary>A JSON object of at most 16,000 characters.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>Which cached files are listed, and how; what is null does not count.</summary>
public sealed record CachedFileQuery
{
    /// <summary>A part of the name or path, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Whom they are cached for.</summary>
    public string? UserId { get; init; }

    /// <summary>null: all but removed ones.</summary>
    public CachedFileStatus? Status { get; init; }

    public CacheTrigger? TriggeredByOperation { get; init; }

    public long? SizeMin { get; init; }

    public long? SizeMax { get; init; }

    public DateTimeOffset? CachedSince { get; init; }

    /// <summary>cached_at, last_accessed, file_size_bytes, access_count or filename; <c>-</c> before it for descending (-cached_at).</summary>
    public string? Sort { get; init; }

    /// <summary>How many are passed over, 0 to 100,000; the first page only, and cursors go on from there.</summary>
    public int? Offset { get; init; }

    /// <summary>How many a page has, 1 to 500 (50).</summary>
    public int? PageSize { get; init; }

    /// <summary>Whether everything is seen that other instances have done; else what they did up to two seconds ago.</summary>
    public bool Consistent { get; init; }

    /// <param name="user">Whose, where the address does not say it.</param>
    internal string ToQuery(string? user, string? cursor) => Address.Query(
        ("search", Search), ("user_id", user), ("status", Address.Word(Status)), ("triggered_by_operation", Address.Word(TriggeredByOperation)),
        ("size_min", SizeMin), ("size_max", SizeMax), ("cached_since", CachedSince), ("limit", PageSize), ("offset", cursor is null ? Offset : null),
        ("cursor", cursor), ("sort", Sort), ("consistent", Consistent ? true : null));
}

/// <summary>Up to 1,000 changes at once.</summary>
public sealed record CachedFileBatch
{
    public IReadOnlyList<NewCachedFile>? Add { get; init; }

    public IReadOnlyList<BatchRemoval>? Remove { get; init; }

    /// <summary>Ids.</summary>
    public IReadOnlyList<string>? Pin { get; init; }

    /// <summary>Ids.</summary>
    public IReadOnlyList<string>? Unpin { get; init; }
}

/// <param name="Reason">For the log; null: manual.</param>
public sealed record BatchRemoval(string Id, string? Reason = null);
