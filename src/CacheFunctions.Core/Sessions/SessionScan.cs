using System.Runtime.CompilerServices;

namespace CacheFunctions.Sessions;

/// <summary>Reads every session: for what concerns all of them, as statistics and cleanup. Memory: a few shards' sessions.</summary>
internal sealed class SessionScan(SessionStore store)
{
    // A shard costs one query even when it holds nothing, so several are asked at once.
    private const int ShardsAtOnce = 8;

    public async IAsyncEnumerable<Session> AllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var shards in Enumerable.Range(0, store.Edits.ShardCount).Chunk(ShardsAtOnce))
            foreach (var sessions in await Task.WhenAll(shards.Select(shard => ReadAsync(shard, cancellation))))
                foreach (var session in sessions)
                    yield return session;
    }

    private async Task<List<Session>> ReadAsync(int shard, CancellationToken cancellation)
    {
        var sessions = new List<Session>();
        await foreach (var row in store.ListAsync(shard, SessionRows.Sessions, null, cancellation)) sessions.Add(SessionRows.Session(row));
        return sessions;
    }
}
