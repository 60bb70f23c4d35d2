using CacheFunctions.Content;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Deletes content in the sessions container that no record names: saves whose transaction was never made, uploads that were
/// never committed. Only names that this service minted, and only once they are a day old. One pass over the container in
/// memory for one session.
/// </summary>
internal sealed class SessionSweep(SessionStore store)
{
    // What is written is named, or given up, within minutes.
    private static readonly TimeSpan StrayAge = TimeSpan.FromDays(1);

    /// <summary>Safe to repeat: a name is never used twice, so what no record names now none ever will.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var swept = 0;
        var (owner, old) = ("", new List<string>());
        await foreach (var item in store.Contents.ListAsync(ContentName.Sessions, "", cancellation))
        {
            var slash = Math.Max(0, item.Name.IndexOf('/'));
            if (!item.Name.AsSpan(0, slash).SequenceEqual(owner))
            {
                swept += await SweepAsync(owner, old, cancellation);
                (owner, old) = (item.Name[..slash], []);
            }

            if (item.WrittenAt + StrayAge < store.Now) old.Add(item.Name);
        }

        swept += await SweepAsync(owner, old, cancellation);
        if (swept > 0)
            await store.Edits.CommitAsync(0, new Change().Log(new Operation("sessions_swept", "sessions", "", Trigger.Timer.By, null, $"{swept} contents that nothing named")));
        return swept;
    }

    private async Task<int> SweepAsync(string id, List<string> old, CancellationToken cancellation)
    {
        if (old.Count == 0 || !SessionId.TryGetShard(id, store.Edits.ShardCount, out var shard)) return 0;
        // Read after the listing.
        var named = new HashSet<string>(StringComparer.Ordinal);
        if (await store.Edits.GetAsync(shard, SessionRows.SessionKey(id), cancellation) is { } session) Add(session);
        await foreach (var row in store.ListAsync(shard, SessionRows.VersionPrefix(id), null, cancellation)) Add(row);
        var strays = old.FindAll(name => !named.Contains(name));
        foreach (var name in strays) await store.Contents.DeleteAsync(ContentName.Sessions, name, cancellation);
        return strays.Count;

        void Add(Row row) => named.UnionWith(SessionRows.Content(row).Pieces.Select(piece => piece.Name));
    }
}
