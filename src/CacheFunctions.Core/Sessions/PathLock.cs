using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Who may write an origin path. The record stays after release, so that the fence never goes back.</summary>
/// <param name="Fence">The highest fence ever granted for the path.</param>
/// <param name="Holder">null: nobody holds it.</param>
/// <param name="Intent">A write back under way, or one that was left behind by a crash.</param>
public sealed record PathLock(string Origin, string Path, long Fence, LockHolder? Holder, WriteIntent? Intent)
{
    /// <summary>Who holds it. A fence granted since ends the holding on every instance, whatever its clock says.</summary>
    public LockHolder? ActiveHolder(DateTimeOffset now) =>
        Holder is { } holder && holder.Fence == Fence && holder.ExpiresAt > now ? holder : null;
}

/// <param name="TtlSeconds">For how long each renewal holds.</param>
public sealed record LockHolder(string SessionId, string UserId, long Fence, DateTimeOffset ExpiresAt, int TtlSeconds);

/// <summary>
/// What a write back is about to do, recorded before it does it, so that whoever comes after a crash can finish it or
/// take it back.
/// </summary>
/// <param name="Version">The session's version being written.</param>
/// <param name="Staged">Where it goes, and its temporary name.</param>
/// <param name="Expected">What must stand at the target; null: nothing.</param>
/// <param name="Sha256">Of the content to be written.</param>
/// <param name="Deadline">After it others may take over. Only politeness: taking over is safe at any time.</param>
/// <param name="JobId">The job that carries it out, and whose lease then counts instead of the deadline.</param>
/// <param name="IsConflictCopy">Whether the target is a conflict copy beside the session's file.</param>
public sealed record WriteIntent(
    string SessionId,
    string UserId,
    long Version,
    long Fence,
    StagedFile Staged,
    Fingerprint? Expected,
    string Sha256,
    DateTimeOffset Deadline,
    bool IsConflictCopy,
    string? JobId = null);
