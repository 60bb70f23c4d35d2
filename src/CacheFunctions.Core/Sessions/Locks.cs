using System.Globalization;
using CacheFunctions.Errors;

namespace CacheFunctions.Sessions;

/// <summary>The rules of path locks. Each grant raises the fence, so an old holder can be told from a new one.</summary>
internal static class Locks
{
    /// <exception cref="CacheException">Locked: another session holds it, or a write back is under way.</exception>
    public static (PathLock Lock, Grant Grant) Acquire(PathLock pathLock, Session session, TimeSpan ttl, DateTimeOffset now)
    {
        RequireFree(pathLock, session, now);
        var grant = new Grant(pathLock.Fence + 1, now + ttl);
        var holder = new LockHolder(session.Id, session.UserId, grant.Fence, grant.ExpiresAt);
        return (pathLock with { Fence = grant.Fence, Holder = holder }, grant);
    }

    /// <exception cref="CacheException">Locked: another session holds it, or a write back is under way.</exception>
    public static void RequireFree(PathLock pathLock, Session session, DateTimeOffset now)
    {
        if (pathLock.ActiveHolder(now) is { } holder && holder.SessionId != session.Id)
            throw Locked(session.NasFilePath, "is locked", holder.UserId, holder.ExpiresAt, now);
        if (pathLock.Intent is { } intent && intent.Deadline > now)
            throw Locked(session.NasFilePath, "is being written back", intent.UserId, intent.Deadline, now);
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
