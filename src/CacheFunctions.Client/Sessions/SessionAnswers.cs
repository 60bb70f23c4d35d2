namespace CacheFunctions.Client;

/// <summary>A version that was saved.</summary>
public sealed record SavedVersion(string SessionId, long Version, string Etag, string Sha256, long SizeBytes);

/// <summary>A version of a session's history.</summary>
/// <param name="Current">Whether it is the newest.</param>
/// <param name="Synced">Whether the origin has had it, or a later one.</param>
public sealed record VersionInfo(long Version, long SizeBytes, string Sha256, string Etag, DateTimeOffset CreatedAt, bool Current, bool Synced);

/// <summary>What a write back did.</summary>
/// <param name="Written">Whether the origin was written by this call.</param>
/// <param name="ConflictCopy">Where the session's version went, if both were kept.</param>
public sealed record SyncResult(SessionInfo Session, bool Written, string? ConflictCopy, string? JobId);

/// <summary>What a cleanup did, or would do.</summary>
/// <param name="Kept">Those that stay although nobody uses them, with why.</param>
/// <param name="IsComplete">Whether all were looked at; the timer goes on with the rest.</param>
public sealed record SessionCleanup(
    bool IsDryRun, int CleanedCount, long CleanedBytes, IReadOnlyList<CleanedSession> Cleaned, IReadOnlyList<CleanedSession> Kept, bool IsComplete);

public sealed record CleanedSession(
    string SessionId, string UserId, string NasFilePath, long SizeBytes, DateTimeOffset LastAccessed, bool Dirty, string? Reason);

/// <summary>Sessions by the numbers.</summary>
/// <param name="OldestDirtySince">null: all is synced.</param>
public sealed record SessionStatistics(
    int Total,
    IReadOnlyDictionary<string, int> ByState,
    long Bytes,
    int Dirty,
    long DirtyBytes,
    int Locked,
    DateTimeOffset? OldestCreatedAt,
    DateTimeOffset? OldestDirtySince,
    IReadOnlyList<UserSessions> ByUser);

public sealed record UserSessions(string UserId, int Sessions, long Bytes, int Dirty);
