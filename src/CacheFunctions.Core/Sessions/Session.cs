using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>One user's edit of one origin file.</summary>
/// <param name="Id">Begins with its shard, in two hex digits.</param>
/// <param name="Origin">The origin's name; with <paramref name="Path"/> where the file lies.</param>
/// <param name="Version">The newest version's number; 1 is what the origin held; 0: that copy is still being made.</param>
/// <param name="SavedAt">When the newest version was made.</param>
/// <param name="Base">The origin's version that this work builds on; null: there was no file.</param>
/// <param name="DirtySince">Since when versions exist that the origin lacks; null: none do.</param>
/// <param name="Conflict">How the origin stood when a write back found it changed.</param>
/// <param name="SyncingUntil">The deadline of a write back under way; of one by a job its lease counts.</param>
/// <param name="Lock">The lock that the session holds, or held until it expired.</param>
/// <param name="SyncedVersion">The newest version that the origin has had.</param>
/// <param name="JobId">The job that makes the first copy, or writes back, when that takes long.</param>
public sealed record Session(
    string Id,
    string UserId,
    string FilePath,
    string Origin,
    string Path,
    string NasFilePath,
    long Version,
    SavedContent Content,
    Fingerprint? Base,
    DateTimeOffset CreatedAt,
    DateTimeOffset SavedAt,
    DateTimeOffset LastAccessed,
    DateTimeOffset? LastSyncedAt = null,
    DateTimeOffset? DirtySince = null,
    OriginState? Conflict = null,
    ConflictCopy? ConflictCopy = null,
    DateTimeOffset? SyncingUntil = null,
    Grant? Lock = null,
    long SyncedVersion = 0,
    string? JobId = null)
{
    public bool IsPreparing => Version == 0;

    public bool Dirty => DirtySince is not null;

    /// <summary>Strong: the same for the same bytes only.</summary>
    public string ETag => $"\"{Content.Sha256}\"";

    public SessionState State(DateTimeOffset now) =>
        IsPreparing ? SessionState.Preparing
        : SyncingUntil > now || (SyncingUntil is not null && JobId is not null) ? SessionState.Syncing
        : Conflict is not null ? SessionState.Conflict
        : SessionState.Active;
}
