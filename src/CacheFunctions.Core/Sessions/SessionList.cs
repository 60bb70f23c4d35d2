using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Lists active sessions: the shards one after another, each by id. The cursor is the last key that was seen.</summary>
internal sealed class SessionList(SessionStore store)
{
    // A shard costs one query even when it holds nothing, so several are asked at once.
    private const int ShardsAtOnce = 8;

    public async Task<(IReadOnlyList<Session> Sessions, string? Cursor)> ListAsync(
        Caller caller, string? userId, SessionState? state, int limit, string? cursor, CancellationToken cancellation)
    {
        if (caller.UserId is not null && !caller.IsAdmin)
        {
            if (userId is not null) caller.RequireMayActFor(userId);
            userId = caller.UserId;
        }

        var now = store.Now;
        var page = new List<Session>();
        var (first, after) = Parse(cursor);
        for (var shard = first; shard < store.Edits.ShardCount; shard += ShardsAtOnce)
        {
            var count = Math.Min(ShardsAtOnce, store.Edits.ShardCount - shard);
            var start = shard;
            var lists = await Task.WhenAll(Enumerable.Range(shard, count).Select(
                each => ReadAsync(each, each == start && each == first ? after : null)));
            page.AddRange(lists.SelectMany(list => list));
            if (page.Count > limit) break;
        }

        var sessions = page.Take(limit).ToList();
        return (sessions, page.Count > limit ? Write(sessions[^1]) : null);

        async Task<List<Session>> ReadAsync(int shard, string? afterKey)
        {
            var found = new List<Session>();
            await foreach (var row in store.ListAsync(shard, SessionRows.Sessions, afterKey, cancellation))
            {
                var session = SessionRows.Session(row);
                if (userId is not null && session.UserId != userId) continue;
                if (state is not null && session.State(now) != state) continue;
                found.Add(session);
                if (found.Count > limit) break;
            }

            return found;
        }
    }

    private static string Write(Session last) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(last.Id));

    private (int Shard, string? After) Parse(string? cursor)
    {
        if (cursor is null) return (0, null);
        try
        {
            var id = Encoding.UTF8.GetString(Convert.FromHexString(cursor));
            if (SessionId.TryGetShard(id, store.Edits.ShardCount, out var shard)) return (shard, SessionRows.SessionKey(id));
        }
        catch (FormatException)
        {
            // Answered below.
        }

        throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
    }
}
