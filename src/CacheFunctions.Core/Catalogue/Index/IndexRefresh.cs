using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Brings a loaded index up to date. One query of the notices tells which of the shards' logs have grown, and each of
/// those costs one more; asking every shard would cost one for each.
/// <para>
/// An instance may die between a commit and its notice. So after each refresh one shard is asked for its end, in turn: what
/// was not told of is found within as many refreshes as there are shards, and at once by a refresh that asks them all.
/// </para>
/// </summary>
internal sealed class IndexRefresh(RecordTable table, NoticeLog notices, IReadOnlyList<ShardIndex> shards)
{
    private const int ShardsAtOnce = 16;

    private int _turn;

    /// <summary>All notices up to this number have been seen.</summary>
    public long Notices { get; set; }

    /// <param name="all">Whether to ask every shard: exact, for one query each.</param>
    public async Task RunAsync(bool all, CancellationToken cancellation)
    {
        var unseen = new List<(long Number, Notice Notice)>();
        await foreach (var notice in notices.SinceAsync(Notices, cancellation)) unseen.Add(notice);
        if (unseen.Count > 0 && unseen[^1].Number > Notices + 1)
        {
            // What was purged unseen, after a long rest, is in the snapshots.
            foreach (var shard in shards) shard.Unload();
            return;
        }

        var ends = new Dictionary<int, long>();
        foreach (var (shard, end) in unseen.SelectMany(each => each.Notice.Ends))
            if (shard < shards.Count) ends[shard] = Math.Max(end, ends.GetValueOrDefault(shard));
        foreach (var some in Enumerable.Range(0, all ? shards.Count : 0).Chunk(ShardsAtOnce))
        {
            var asked = await Task.WhenAll(some.Select(shard => table.Log.LastAsync(shard, cancellation)));
            foreach (var (shard, end) in some.Zip(asked)) ends[shard] = Math.Max(end, ends.GetValueOrDefault(shard));
        }

        foreach (var some in ends.Where(each => each.Value > shards[each.Key].Known).Chunk(ShardsAtOnce))
            await Task.WhenAll(some.Select(each => FollowAsync(shards[each.Key], each.Value, cancellation)));
        // Nothing can fail from here on, so no touch counts twice.
        foreach (var (number, notice) in unseen) Touch(number, notice);
        if (unseen.Count == 0) return;
        Notices = unseen[0].Number;
        foreach (var shard in shards) shard.KnownNotices = Math.Max(shard.KnownNotices, Notices);
    }

    /// <summary>Asks the next shard, whatever notices told.</summary>
    public async Task AskNextAsync(CancellationToken cancellation)
    {
        var shard = shards[_turn = (_turn + 1) % shards.Count];
        var end = await table.Log.LastAsync(shard.Shard, cancellation);
        if (end > shard.Known) await FollowAsync(shard, end, cancellation);
    }

    private async Task FollowAsync(ShardIndex shard, long last, CancellationToken cancellation)
    {
        try
        {
            await foreach (var operation in table.Log.FollowAsync(shard.Shard, shard.Known, last, cancellation)) shard.Follow(operation);
        }
        catch (InvalidDataException)
        {
            // What lies between went to the archive.
            shard.Unload();
        }
    }

    private void Touch(long number, Notice notice)
    {
        foreach (var touches in notice.Touches.GroupBy(touch => new CachedFileId(touch.Id).Shard(shards.Count)))
            if (number > shards[touches.Key].KnownNotices) shards[touches.Key].Touch(touches);
    }
}
