namespace CacheFunctions.Client;

/// <summary>An edit session.</summary>
/// <param name="NasFilePath">The origin's file.</param>
/// <param name="Dirty">Whether it holds work that the origin has not.</param>
/// <param name="ExpiresAt">When it is ended for want of use; what is unsynced is written back first.</param>
/// <param name="ConflictCopy">Where the last conflict's other version lies in the origin; null: nowhere.</param>
/// <param name="Lock">null: it holds none.</param>
/// <param name="JobId">The job that prepares it or writes it back; null: there is none.</param>
/// <param name="BytesDone">Of the first copy, while it is being made; else null.</param>
public sealed record SessionInfo(
    string SessionId,
    string UserId,
    string FilePath,
    string NasFilePath,
    SessionState State,
    long SizeBytes,
    string ContentType,
    string Sha256,
    string Etag,
    long Version,
    bool Dirty,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastAccessed,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastSyncedAt,
    string? ConflictCopy,
    SessionLock? Lock,
    string? JobId,
    long? BytesDone,
    long? BytesTotal);

/// <param name="Fence">Shown with every write, it keeps a holder who lost the lock from writing.</param>
public sealed record SessionLock(long Fence, DateTimeOffset ExpiresAt);

public enum SessionState
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,

    /// <summary>The first copy is being made.</summary>
    Preparing,
    Active,

    /// <summary>It is being written back.</summary>
    Syncing,

    /// <summary>The origin's file was changed by somebody else: the caller must choose.</summary>
    Conflict,
    Closed,
}
