using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Keeps loading short: rewrites the snapshots behind which the logs have grown, and purges notices that all snapshots
/// hold. It needs the memory of eight shards, and no loaded index.
/// </summary>
internal sealed class SnapshotRenewal(RecordTable table, SnapshotStore snapshots, ShardLoader loader, NoticeLog notices)
{
    private const int ShardsAtOnce = 8;

    // An operation of a tail costs a load about as much as fifty files of a snapshot.
    private const int MinTail = 500;
    private const int FilesPerTailOperation = 50;

    // Forty minutes of one busy instance.
    private const int MaxNotices = 500;

    // More than come while a snapshot is written, so that an older one that lands last still finds what it lacks.
    private const int KeptNotices = 2_000;

    /// <summary>One query for all shards and one for each; only shards that are due cost more.</summary>
    /// <returns>How many were rewritten.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var lastNotice = await notices.LastAsync(cancellation);
        var covers = await snapshots.CoversAsync(cancellation);
        var due = new List<int>();
        var purgeable = lastNotice;
        foreach (var some in Enumerable.Range(0, table.ShardCount).Chunk(ShardsAtOnce))
        {
            var ends = await Task.WhenAll(some.Select(shard => table.Log.LastAsync(shard, cancellation)));
            foreach (var (shard, end) in some.Zip(ends))
            {
                // An empty shard needs no snapshot, and nothing was touched in it.
                if (end == 0) continue;
                var cover = covers.GetValueOrDefault(shard) ?? new SnapshotCover(0, 0, 0);
                if (end - cover.Sequence > Math.Max(MinTail, cover.Files / FilesPerTailOperation) || lastNotice - cover.Notices > MaxNotices)
                    due.Add(shard);
                else
                    purgeable = Math.Min(purgeable, cover.Notices);
            }
        }

        foreach (var some in due.Chunk(ShardsAtOnce))
        {
            foreach (var (shard, loaded) in some.Zip(await loader.LoadAsync(some, cancellation)))
                await snapshots.WriteAsync(shard, loaded, cancellation);
        }

        if (purgeable > KeptNotices) await notices.PurgeAsync(purgeable - KeptNotices, cancellation);
        return due.Count;
    }
}
