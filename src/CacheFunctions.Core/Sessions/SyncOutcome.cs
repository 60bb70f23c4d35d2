namespace CacheFunctions.Sessions;

/// <summary>What to do when the origin's file is not the one that the session builds on.</summary>
public enum OnConflict
{
    /// <summary>Leave both as they are and say so.</summary>
    Fail,

    /// <summary>The session's version replaces the origin's.</summary>
    Overwrite,

    /// <summary>The session's version goes into a file of its own beside the origin's.</summary>
    KeepBoth,

    /// <summary>The origin's version replaces the session's.</summary>
    Discard,
}

/// <param name="Written">Whether the origin was written; false: it already had everything.</param>
/// <param name="ConflictCopy">The path, as callers know it, where a conflicting version was kept; null: there was none.</param>
/// <param name="JobId">The write back takes long and goes on as this job; null: it has ended.</param>
public sealed record SyncOutcome(Session Session, bool Written, string? ConflictCopy, string? JobId = null);
