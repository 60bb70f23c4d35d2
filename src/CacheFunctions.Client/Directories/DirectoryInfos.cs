namespace CacheFunctions.Client;

/// <summary>A registered directory.</summary>
/// <param name="ExpiresAt">When it may be cleaned away, unless it is used before.</param>
/// <param name="Locked">Whether it is being worked on.</param>
public sealed record CachedDirectoryInfo(
    string Path,
    long SizeBytes,
    string SizeReadable,
    long FileCount,
    DateTimeOffset RegisteredAt,
    DateTimeOffset LastAccessed,
    DateTimeOffset ExpiresAt,
    bool Expired,
    long AccessCount,
    bool Pinned,
    bool Locked,
    bool Compressed);

/// <param name="SizeBytes">null: a job removed it, which does not tell.</param>
/// <param name="FileCount">null: a job removed it, which does not tell.</param>
/// <param name="FilesRemoved">false: they stay, and are only no longer counted.</param>
public sealed record RemovedDirectory(string Path, long? SizeBytes, long? FileCount, bool FilesRemoved);

public sealed record StoredDirectoryFile(string Path, long SizeBytes, string Etag);

public sealed record DeletedDirectoryFile(string Path);

/// <summary>How directories are listed.</summary>
public sealed record DirectoryListQuery
{
    /// <summary>path, size_bytes, file_count, registered_at, last_accessed, expires_at or access_count; <c>-</c> before it for descending (path).</summary>
    public string? Sort { get; init; }

    /// <summary>How many a page has, 1 to 1,000 (100).</summary>
    public int? PageSize { get; init; }

    /// <summary>Whether everything is seen that other instances have done; else what they did up to two seconds ago.</summary>
    public bool Consistent { get; init; }
}
