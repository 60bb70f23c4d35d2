using CacheFunctions.Catalogue.Index;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Index;

/// <summary>
/// All registered directories in memory, for lists, statistics and cleaning: loaded on first use, and kept fresh while it is
/// used, by the notices that instances send of their commits and touches. At most two seconds behind other instances, never
/// behind commits of this one, and exact when asked to be. A refresh costs one query, and one for each shard that has changed;
/// an exact one asks every shard.
/// </summary>
public sealed class DirectoryIndex : IAsyncDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private const int ShardsAtOnce = 16;

    private readonly RecordTable _table;
    private readonly TimeProvider _time;
    private readonly Notices _notices;
    private readonly SharedWork _updating = new();
    private readonly KnownDirectories _known;

    // Up to where each shard's log has been followed, and up to where the notices.
    private readonly long[] _ends;
    private long _seen;
    private long? _freshAt;

    public DirectoryIndex(IRecordStore records, RecordTable table, TimeProvider time)
    {
        (_table, _time, _ends) = (table, time, new long[table.ShardCount]);
        _known = new KnownDirectories(table.ShardCount);
        _notices = new Notices(records, table.Name, time);
        table.Committed += (shard, first, change) =>
        {
            for (var i = 0; i < change.Operations.Count; i++) _known.Apply(shard, first + i, change.Operations[i]);
            _notices.Committed(shard, first + change.Operations.Count - 1);
        };
    }

    /// <summary>Told of each refresh that had something to look at. Listeners must be quick and must not throw.</summary>
    internal event Action? Refreshed;

    /// <summary>What all directories hold together, as far as is known; a directory in another counts once.</summary>
    internal long StoredBytes => _known.TotalBytes;

    /// <summary>Up to where touches are known.</summary>
    internal long Seen => Volatile.Read(ref _seen);

    /// <summary>A use of all directories that hold a file, registered or not. No storage transaction.</summary>
    /// <param name="count">0: a use that counted before goes on.</param>
    internal void Touch(DirectoryPath path, int count)
    {
        foreach (var holder in path.Ancestors) _notices.Touch(holder.Id, count);
    }

    /// <summary>Tells the other instances that this one has files of a directory open, which is a use. No storage transaction.</summary>
    internal void TellOpen(DirectoryPath directory)
    {
        _notices.Touch(directory.Id, 0);
        _notices.Touch(directory.OpenMark, 0);
    }

    /// <summary>When another instance told last that it has files of it open.</summary>
    internal DateTimeOffset OpenAt(Guid directory) => new(_known.OpenAt(directory), TimeSpan.Zero);

    /// <summary>Sends the touches now, and not when their window ends.</summary>
    public Task SendTouchesAsync(CancellationToken cancellation) => _notices.SendAsync(cancellation);

    /// <summary>The innermost registered directory that holds a file, or did so; else its folder. No storage transaction.</summary>
    /// <returns>And its size; 0: it is not registered, as far as this instance knows.</returns>
    internal (Guid Id, long SizeBytes) HolderOf(DirectoryPath file)
    {
        var ids = file.Ancestors.Select(holder => holder.Id).Reverse().ToList();
        foreach (var id in ids)
            if (_known.Find(id) is { } known) return (id, known.SizeBytes);
        return (ids.Find(_known.Remembers) is var remembered && remembered != Guid.Empty ? remembered : ids[0], 0);
    }

    /// <summary>A directory as far as this instance has followed it, without looking anew; null: it knows of none.</summary>
    internal CachedDirectory? Find(DirectoryPath path) => _known.Find(path.Id);

    /// <summary>All directories, with the touches that no row knows of. O(directories).</summary>
    internal async Task<DirectoryTree> AllAsync(bool exact, CancellationToken cancellation)
    {
        await RefreshAsync(exact, cancellation);
        return new DirectoryTree(_known.All());
    }

    /// <summary>The directories in a directory, at any depth. O(directories).</summary>
    internal async Task<IReadOnlyList<CachedDirectory>> InAsync(DirectoryPath path, bool exact, CancellationToken cancellation)
    {
        await RefreshAsync(exact, cancellation);
        return [.. _known.All().Where(directory => directory.Path.StartsWith(path.Prefix, StringComparison.Ordinal))];
    }

    /// <summary>Those with touches that are not in their rows.</summary>
    internal IReadOnlyList<CachedDirectory> Touched() => _known.Touched();

    /// <summary>A directory with the touches that its row does not know of, as far as this instance has followed them.</summary>
    /// <param name="upTo">Only those of notices up to this number.</param>
    internal CachedDirectory WithTouches(CachedDirectory row, long upTo = long.MaxValue) => _known.WithTouches(row, upTo);

    /// <summary>Deletes notices whose touches are in the rows.</summary>
    internal async Task PurgeNoticesAsync(long below, CancellationToken cancellation)
    {
        if (below > 0) await _notices.Log.PurgeAsync(below, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _notices.DisposeAsync();
    }

    /// <summary>Loads the index, or brings it up to date.</summary>
    internal async Task RefreshAsync(bool exact, CancellationToken cancellation)
    {
        // Not given up: what another caller refreshes serves this one too, and is soon done.
        var isNew = await _updating.RunAsync(
            () => !exact && _freshAt is { } at && _time.GetElapsedTime(at) < MaxAge,
            async () =>
            {
                var start = _time.GetTimestamp();
                if (_freshAt is null || !await FollowNoticesAsync(cancellation)) await LoadAsync(cancellation);
                if (exact) await FollowAllAsync(cancellation);
                _freshAt = start;
            },
            CancellationToken.None);
        if (isNew) Refreshed?.Invoke();
    }

    /// <summary>
    /// The end of a shard's log is read before its rows, so that what the rows may lack comes from the log afterwards.
    /// </summary>
    private async Task LoadAsync(CancellationToken cancellation)
    {
        _known.BeginLoad();
        foreach (var some in Enumerable.Range(0, _ends.Length).Chunk(ShardsAtOnce)) await Task.WhenAll(some.Select(LoadAsync));
        // All notices that are kept: each row says which of them it has.
        _seen = 0;
        await foreach (var (number, notice) in _notices.Log.SinceAsync(0, cancellation)) Take(number, notice);
        await FollowAllAsync(cancellation);

        async Task LoadAsync(int shard)
        {
            _ends[shard] = await _table.Log.LastAsync(shard, cancellation);
            await foreach (var row in _table.QueryAsync(shard, KeyRange.Prefix(DirectoryRows.Prefix), cancellation))
                _known.Put(shard, _ends[shard], DirectoryRows.Read(row));
        }
    }

    /// <returns>false: notices were purged that this instance has not seen.</returns>
    private async Task<bool> FollowNoticesAsync(CancellationToken cancellation)
    {
        var unseen = new List<(long Number, Notice Notice)>();
        await foreach (var notice in _notices.Log.SinceAsync(_seen, cancellation)) unseen.Add(notice);
        if (unseen.Count > 0 && unseen[^1].Number > _seen + 1) return false;
        var ends = unseen.SelectMany(each => each.Notice.Ends).GroupBy(end => end.Key).Where(shard => shard.Key < _ends.Length)
            .ToDictionary(shard => shard.Key, shard => shard.Max(end => end.Value));
        foreach (var (shard, end) in ends) await FollowAsync(shard, end, cancellation);
        foreach (var (number, notice) in Enumerable.Reverse(unseen)) Take(number, notice);
        return true;
    }

    private async Task FollowAllAsync(CancellationToken cancellation)
    {
        foreach (var some in Enumerable.Range(0, _ends.Length).Chunk(ShardsAtOnce))
            await Task.WhenAll(some.Select(async shard => await FollowAsync(shard, await _table.Log.LastAsync(shard, cancellation), cancellation)));
    }

    private async Task FollowAsync(int shard, long end, CancellationToken cancellation)
    {
        if (end <= _ends[shard]) return;
        await foreach (var logged in _table.Log.FollowAsync(shard, _ends[shard], end, cancellation))
            _known.Apply(shard, logged.Sequence, logged.Operation);
        _ends[shard] = end;
    }

    private void Take(long number, Notice notice)
    {
        var isOwn = _notices.IsOwn(notice);
        foreach (var touch in notice.Touches) _known.Touch(number, touch, isOwn);
        _seen = Math.Max(_seen, number);
    }
}
