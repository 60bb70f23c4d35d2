using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Sessions by the numbers.</summary>
/// <param name="Bytes">Of the newest versions.</param>
/// <param name="Locked">How many hold a lock.</param>
/// <param name="OldestCreatedAt">null: there is no session.</param>
/// <param name="OldestDirtySince">Since when the longest unsynced work waits; null: all is synced.</param>
public sealed record SessionStatistics(
    int Total,
    IReadOnlyDictionary<SessionState, int> ByState,
    long Bytes,
    int Dirty,
    long DirtyBytes,
    int Locked,
    DateTimeOffset? OldestCreatedAt,
    DateTimeOffset? OldestDirtySince,
    IReadOnlyList<UserStatistics> ByUser)
{
    private const int MaxUsers = 100;

    /// <param name="caller">Whose sessions; a machine or an admin: everybody's.</param>
    internal static async Task<SessionStatistics> OfAsync(
        SessionScan scan, Caller caller, DateTimeOffset now, CancellationToken cancellation)
    {
        var states = Enum.GetValues<SessionState>().Where(state => state != SessionState.Closed).ToDictionary(state => state, _ => 0);
        var users = new Dictionary<string, UserStatistics>(StringComparer.Ordinal);
        var (bytes, dirtyBytes, locked) = (0L, 0L, 0);
        DateTimeOffset? oldest = null, oldestDirty = null;
        await foreach (var session in scan.AllAsync(cancellation))
        {
            if (!caller.MayActFor(session.UserId)) continue;
            var (size, dirty) = (session.Content.SizeBytes, session.Dirty ? 1 : 0);
            states[session.State(now)]++;
            bytes += size;
            dirtyBytes += dirty * size;
            if (session.Lock?.ExpiresAt > now) locked++;
            oldest = Earlier(oldest, session.CreatedAt);
            oldestDirty = Earlier(oldestDirty, session.DirtySince);
            var user = users.GetValueOrDefault(session.UserId) ?? new UserStatistics(session.UserId, 0, 0, 0);
            users[session.UserId] = user with { Sessions = user.Sessions + 1, Bytes = user.Bytes + size, Dirty = user.Dirty + dirty };
        }

        return new SessionStatistics(
            states.Values.Sum(), states, bytes, users.Values.Sum(user => user.Dirty), dirtyBytes, locked, oldest, oldestDirty,
            [.. users.Values.OrderByDescending(user => user.Sessions).ThenBy(user => user.UserId, StringComparer.Ordinal).Take(MaxUsers)]);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}

/// <summary>One user's share; the hundred users with the most sessions are told.</summary>
public sealed record UserStatistics(string UserId, int Sessions, long Bytes, int Dirty);
