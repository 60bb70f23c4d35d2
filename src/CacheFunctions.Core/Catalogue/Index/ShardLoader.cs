using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>Loads shards as they are now: each from its snapshot, or else from its rows, and then from what the logs tell since.</summary>
internal sealed class ShardLoader(
    RecordTable table, SnapshotStore snapshots, NoticeLog notices, UserSets users, Func<Row, CatalogueEntry> entryOf)
{
    // A small shard's rows are read as fast as a snapshot.
    private const int WorthASnapshot = 1_000;
    private const int ShardsAtOnce = 8;

    /// <summary>Memory: the shards, and one block of each read at the moment.</summary>
    public async Task<IReadOnlyList<LoadedShard>> LoadAsync(IReadOnlyList<int> shards, CancellationToken cancellation)
    {
        var loading = shards.Select(shard => new ShardIndex(shard, users)).ToList();
        await AtOnceAsync(loading, async shard => shard.Publish(await BaseAsync(shard.Shard, cancellation)));
        // Notices before tails: a notice read now may tell of a commit, and the end of the log that is read later is behind it.
        await TouchAsync(loading, cancellation);
        await AtOnceAsync(loading, shard => FollowAsync(shard, cancellation));
        return loading.ConvertAll(shard =>
        {
            using (shard) return shard.Release();
        });
    }

    private static async Task AtOnceAsync(IEnumerable<ShardIndex> shards, Func<ShardIndex, Task> work)
    {
        foreach (var some in shards.Chunk(ShardsAtOnce)) await Task.WhenAll(some.Select(work));
    }

    private async Task<LoadedShard> BaseAsync(int shard, CancellationToken cancellation)
    {
        if (await snapshots.ReadAsync(shard, cancellation) is { } snapshot) return snapshot;
        var rebuilt = await RebuildAsync(shard, cancellation);
        // Two instances may do so at once, which costs them time, but no truth.
        if (rebuilt.Columns.Count >= WorthASnapshot) await snapshots.WriteAsync(shard, rebuilt, cancellation);
        return rebuilt;
    }

    /// <summary>
    /// From the rows. The end of the log is read first: a row that is read later has all operations up to that end, and perhaps
    /// later ones. Those come again from the log, each with the whole state after it, and the last one decides. A file
    /// that is added or purged while rows are read has its operation behind that end too. So nothing is missed.
    /// </summary>
    private async Task<LoadedShard> RebuildAsync(int shard, CancellationToken cancellation)
    {
        var end = await table.Log.LastAsync(shard, cancellation);
        var columns = new ShardColumns();
        if (end == 0) return new LoadedShard(columns, 0, 0);
        await foreach (var row in table.QueryAsync(shard, KeyRange.Prefix("f|"), cancellation))
        {
            var entry = entryOf(row);
            columns.Put(entry, users.Of(entry.Users));
        }

        return new LoadedShard(columns, end, 0);
    }

    private async Task TouchAsync(List<ShardIndex> shards, CancellationToken cancellation)
    {
        var byNumber = shards.ToDictionary(shard => shard.Shard);
        var last = 0L;
        await foreach (var (number, notice) in notices.SinceAsync(shards.Min(shard => shard.KnownNotices), cancellation))
        {
            last = Math.Max(last, number);
            foreach (var touches in notice.Touches.GroupBy(touch => new CachedFileId(touch.Id).Shard(table.ShardCount)))
                if (byNumber.TryGetValue(touches.Key, out var shard) && number > shard.KnownNotices) shard.Touch(touches);
        }

        foreach (var shard in shards) shard.KnownNotices = Math.Max(last, shard.KnownNotices);
    }

    private async Task FollowAsync(ShardIndex shard, CancellationToken cancellation)
    {
        try
        {
            await foreach (var operation in table.Log.FollowAsync(shard.Shard, shard.Known, cancellation)) shard.Follow(operation);
        }
        catch (InvalidDataException)
        {
            // What the snapshot does not cover went to the archive.
            var snapshot = shard.Release();
            shard.Publish(await RebuildAsync(shard.Shard, cancellation) with { Notices = snapshot.Notices });
            shard.Touch(snapshot.Columns.AllTouches());
            await foreach (var operation in table.Log.FollowAsync(shard.Shard, shard.Known, cancellation)) shard.Follow(operation);
        }
    }
}
