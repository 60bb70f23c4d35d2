using System.Globalization;
using CacheFunctions.Errors;

namespace CacheFunctions.Sessions;

/// <summary>
/// The rules of path locks. Each grant raises the fence, so an old holder can be told from a new one. An expired lock
/// that nobody else was granted since is still its holder's: only fences decide, the clock just lets others in.
/// </summary>
internal static class Locks
{
    /// <summary>Grants the lock, or renews it for the session that has it.</summary>
    /// <exception cref="CacheException">Locked: another session holds it, or a write back is under way.</exception>
    public static (PathLock Lock, Grant Grant) Acquire(PathLock pathLock, Session session, int ttlSeconds, DateTimeOffset now)
    {
        if (IsHeldBy(pathLock, session)) return Renew(pathLock, session, null, ttlSeconds, now);
        RequireFree(pathLock, session, now);
        // Its writer may wake up, and must not write under its lower fence once a higher one is granted.
        if (pathLock.Intent is not null) throw new LeftBehindException(pathLock);
        return Granted(pathLock, session, new Grant(pathLock.Fence + 1, now.AddSeconds(ttlSeconds), ttlSeconds));
    }

    /// <param name="fence">The fence that the caller shows; null: it does not.</param>
    /// <param name="ttlSeconds">null: as long as it was granted for.</param>
    /// <exception cref="CacheException">PreconditionFailed: the session has lost it.</exception>
    public static (PathLock Lock, Grant Grant) Renew(
        PathLock pathLock, Session session, long? fence, int? ttlSeconds, DateTimeOffset now)
    {
        RequireFence(pathLock, session, fence ?? pathLock.Fence);
        var ttl = ttlSeconds ?? pathLock.Holder!.TtlSeconds;
        return Granted(pathLock, session, new Grant(pathLock.Fence, now.AddSeconds(ttl), ttl));
    }

    /// <summary>Whether the session has the path's newest grant.</summary>
    public static bool IsHeldBy(PathLock pathLock, Session session) =>
        pathLock.Holder is { } holder && holder.SessionId == session.Id && holder.Fence == pathLock.Fence;

    /// <exception cref="CacheException">PreconditionFailed: the shown fence is not the newest grant's, or not this session's.</exception>
    public static void RequireFence(PathLock pathLock, Session session, long? shown)
    {
        if (shown is null || (IsHeldBy(pathLock, session) && shown == pathLock.Fence)) return;
        throw new CacheException(
            ErrorCode.PreconditionFailed,
            $"The lock of {session.NasFilePath} is not this session's, or no longer (fence {shown}), so nothing was changed. "
            + "Acquire it, and check the origin's version before you write.",
            new Dictionary<string, object?> { ["fence"] = shown });
    }

    /// <exception cref="CacheException">Locked: another session holds it, or a write back is under way.</exception>
    public static void RequireFree(PathLock pathLock, Session session, DateTimeOffset now)
    {
        if (IsHeldByOther(pathLock, session, now))
            throw Locked(session.NasFilePath, "is locked", pathLock.Holder!.UserId, pathLock.Holder.ExpiresAt, now);
        if (pathLock.Intent is { } intent && intent.Deadline > now)
            throw Locked(session.NasFilePath, "is being written back", intent.UserId, intent.Deadline, now);
    }

    /// <summary>The session must not become another while one of its versions is on its way to the origin.</summary>
    /// <exception cref="CacheException">Locked: a write back of the session is under way.</exception>
    public static void RequireNotWriting(PathLock pathLock, Session session, DateTimeOffset now)
    {
        if (pathLock.Intent?.SessionId != session.Id) return;
        RequireFree(pathLock with { Holder = null }, session, now);
        throw new LeftBehindException(pathLock);
    }

    public static bool IsHeldByOther(PathLock pathLock, Session session, DateTimeOffset now) =>
        pathLock.ActiveHolder(now) is { } holder && holder.SessionId != session.Id;

    private static (PathLock, Grant) Granted(PathLock pathLock, Session session, Grant grant)
    {
        var holder = new LockHolder(session.Id, session.UserId, grant.Fence, grant.ExpiresAt, grant.TtlSeconds);
        return (pathLock with { Fence = grant.Fence, Holder = holder }, grant);
    }

    private static CacheException Locked(string path, string what, string user, DateTimeOffset until, DateTimeOffset now)
    {
        var time = until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var details = new Dictionary<string, object?> { ["holder"] = user, ["expires_at"] = until };
        return new CacheException(ErrorCode.Locked, $"{path} {what} by {user} until {time}. Try again then.", details)
        {
            RetryAfter = until - now,
        };
    }
}
