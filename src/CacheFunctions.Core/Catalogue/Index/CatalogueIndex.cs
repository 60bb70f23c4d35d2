using CacheFunctions.Content;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The catalogue in memory, for lists, searches and statistics: loaded on first use, and kept fresh while it is used. It
/// is at most two seconds behind other instances, never behind commits of this one, and exact when asked to be. While
/// nobody asks it costs no storage transactions; while somebody does, two a refresh, and one for each shard that changed.
/// </summary>
public sealed class CatalogueIndex : IDisposable
{
    // Together with the half second in which a commit waits for its notice, less than two seconds.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1.25);

    // From here on the next is fetched beside the requests, so that under steady use none waits for it.
    private static readonly TimeSpan RefreshAge = TimeSpan.FromSeconds(0.75);

    // What an instance could not tell of before it died is found by asking one shard after each refresh. After a longer rest
    // that would take too long, so all are asked.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);

    private readonly RecordTable _table;
    private readonly TimeProvider _time;
    private readonly UserSets _users = new();
    private readonly ShardIndex[] _shards;
    private readonly ShardLoader _loader;
    private readonly SnapshotRenewal _renewal;
    private readonly IndexRefresh _refresh;
    private readonly SharedWork _updating = new();
    private long _freshAt = long.MinValue;
    private long _exactBegun;
    private long _exactDone;
    private int _beside;

    /// <param name="entryOf">What the index knows of a row "f|…".</param>
    /// <param name="notices">The same for the whole process; with them it tells other instances of this one's commits.</param>
    public CatalogueIndex(
        IRecordStore store, IContentStore contents, RecordTable table, Func<Row, CatalogueEntry> entryOf, Notices notices, TimeProvider time)
    {
        (_table, _time) = (table, time);
        _shards = [.. Enumerable.Range(0, table.ShardCount).Select(
            shard => new ShardIndex(shard, _users) { Changed = id => Changed?.Invoke(id) })];
        var snapshots = new SnapshotStore(store, contents, table.Name, _users);
        _loader = new ShardLoader(table, snapshots, notices.Log, _users, entryOf);
        _renewal = new SnapshotRenewal(table, snapshots, _loader, notices.Log);
        _refresh = new IndexRefresh(table, notices.Log, _shards);
        table.Committed += (shard, first, change) =>
        {
            for (var i = 0; i < change.Operations.Count; i++) _shards[shard].Apply(first + i, change.Operations[i]);
            notices.Committed(shard, first + change.Operations.Count - 1);
        };
    }

    /// <summary>Whether it looks for news beside the requests at this moment.</summary>
    internal bool IsRefreshingBeside => Volatile.Read(ref _beside) != 0;

    /// <summary>Told of each file that changed, before any answer shows the change; null: perhaps all of them. Must be quick.</summary>
    internal event Action<CachedFileId?>? Changed;

    /// <summary>Told after each look at what other instances did. Must be quick.</summary>
    internal event Action? Refreshed;

    /// <summary>
    /// One page. O(files) for the pass over the columns, O(offset + limit) memory.
    /// </summary>
    /// <param name="exact">Whether to ask every shard's log first.</param>
    public Task<FilesPage> PageAsync(FilesQuery query, bool exact, CancellationToken cancellation) =>
        AskAsync(() => new PageQuery(query, _shards, _users).Run(), exact, cancellation);

    /// <summary>One pass.</summary>
    /// <param name="user">Only files cached for this user; null: all.</param>
    /// <param name="since">Only files cached from then on; null: all.</param>
    public Task<FileStatistics> StatisticsAsync(string? user, DateTimeOffset? since, bool exact, CancellationToken cancellation) =>
        AskAsync(() => new StatisticsPass(user, since, _users).Run(_shards), exact, cancellation);

    /// <summary>One pass over the files that are cached for a user.</summary>
    /// <param name="since">Only files cached from then on.</param>
    public Task<UserStatistics> UserStatisticsAsync(string user, DateTimeOffset since, bool exact, CancellationToken cancellation) =>
        AskAsync(() => UserStatisticsPass.Run(user, since, _shards, _users), exact, cancellation);

    /// <summary>One file. O(1).</summary>
    /// <returns>null: there is none, or its row was purged.</returns>
    public Task<IndexedFile?> FindAsync(CachedFileId id, bool exact, CancellationToken cancellation) =>
        AskAsync(() => FoundFiles.Find(id.Value, _shards[id.Shard(_shards.Length)], _users), exact, cancellation);

    /// <summary>The bytes of all copies that this service made, as far as the index knows: O(1), no storage transaction. While it is not loaded, 0.</summary>
    internal long StoredBytes => _shards.Sum(shard => shard.StoredBytes);

    /// <summary>The same of one file; 0 when it has no copy that this service made.</summary>
    internal long StoredBytesOf(CachedFileId id)
    {
        var bytes = 0L;
        ShardOf(id.Value).Read(columns => bytes = columns.StoredBytesOf(columns.Find(id.Value)));
        return bytes;
    }

    /// <returns>null: the index does not know the file.</returns>
    internal string? PathOf(Guid id) => FoundFiles.Find(id, ShardOf(id), _users)?.FilePath;

    /// <summary>Chooses among the files that may be evicted. One pass.</summary>
    /// <param name="begin">Makes a new selection, since a pass may have to begin again.</param>
    /// <param name="mayGo">Whether a file that its record lets go may go.</param>
    internal Task<Choice> SelectAsync(
        Func<VictimSelection> begin, Func<StoredItem, bool> mayGo, bool exact, CancellationToken cancellation) =>
        AskAsync(() => EvictablePass.Run(begin(), mayGo, _shards), exact, cancellation);

    /// <summary>
    /// The file with the hits that no row knows of, as far as this instance has followed the notices: never waits, no storage
    /// transaction. While the index is not loaded, the file as it is.
    /// </summary>
    /// <returns>For answers only: written into a row, the hits would count twice.</returns>
    public CachedFile WithHits(CachedFile file)
    {
        var shown = file;
        _shards[file.Id.Shard(_shards.Length)].Read(columns =>
        {
            if (columns.Find(file.Id.Value) is var row and >= 0) shown = columns.WithTouches(row, file);
        });
        return shown;
    }

    /// <summary>Loads the index, or brings it up to date.</summary>
    public Task RefreshAsync(bool exact, CancellationToken cancellation) => FreshAsync(exact, cancellation);

    /// <summary>Up to where it knows the log; what lies before it can be read there.</summary>
    internal LogPosition Known
    {
        get
        {
            var known = new LogPosition(_shards.Length);
            foreach (var shard in _shards) known.Advance(shard.Shard, shard.Known);
            return known;
        }
    }

    /// <summary>For the timer; does not load the index. Safe to run twice, and on several instances at once.</summary>
    /// <returns>How many snapshots were rewritten.</returns>
    public Task<int> RenewSnapshotsAsync(CancellationToken cancellation) => _renewal.RunAsync(cancellation);

    public void Dispose()
    {
        foreach (var shard in _shards) shard.Dispose();
    }

    private async Task<T> AskAsync<T>(Func<T> ask, bool exact, CancellationToken cancellation)
    {
        while (true)
        {
            await FreshAsync(exact, cancellation);
            var answer = ask();
            // A shard that fell too far behind is forgotten at any time, and loaded again by the next turn.
            if (IsLoaded()) return answer;
        }
    }

    private async Task FreshAsync(bool exact, CancellationToken cancellation)
    {
        var age = Age();
        var waits = exact || age > MaxAge || !IsLoaded();
        if (waits) await UpdateAsync(exact, cancellation);
        if (!exact && age > RefreshAge && Interlocked.Exchange(ref _beside, 1) == 0) Background.Start(() => BesideAsync(refreshed: waits));
    }

    private ShardIndex ShardOf(Guid id) => _shards[new CachedFileId(id).Shard(_shards.Length)];

    private bool IsLoaded() => Array.TrueForAll(_shards, shard => shard.IsLoaded);

    private TimeSpan Age() =>
        Volatile.Read(ref _freshAt) is var at && at == long.MinValue ? TimeSpan.MaxValue : _time.GetElapsedTime(at);

    private async Task BesideAsync(bool refreshed)
    {
        try
        {
            if (!refreshed) await UpdateAsync(false, CancellationToken.None);
            await _refresh.AskNextAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // Whoever needs it fresh will try it again and be told.
        }
        finally
        {
            Volatile.Write(ref _beside, 0);
        }
    }

    private Task<bool> UpdateAsync(bool exact, CancellationToken cancellation)
    {
        var begunBefore = Volatile.Read(ref _exactBegun);
        // Somebody else's run serves too, if it began after this call did.
        return _updating.RunAsync(
            () => IsLoaded() && (exact ? _exactDone > begunBefore : Age() <= RefreshAge), () => UpdateNowAsync(exact, cancellation), cancellation);
    }

    private async Task UpdateNowAsync(bool exact, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        var run = exact ? Interlocked.Increment(ref _exactBegun) : 0;
        var all = exact || Age() > LongestRest;
        do await RunAsync(all, cancellation);
        while (!IsLoaded());
        if (exact) _exactDone = run;
        Volatile.Write(ref _freshAt, start);
        Refreshed?.Invoke();
    }

    private async Task RunAsync(bool all, CancellationToken cancellation)
    {
        var missing = Array.FindAll(_shards, shard => !shard.IsLoaded);
        if (missing.Length > 0) await LoadAsync(missing, cancellation);
        // What was loaded just now is as fresh as a refresh could make it.
        if (missing.Length == _shards.Length) _refresh.Notices = _shards.Max(shard => shard.KnownNotices);
        else await _refresh.RunAsync(all, cancellation);
    }

    private async Task LoadAsync(ShardIndex[] missing, CancellationToken cancellation)
    {
        foreach (var shard in missing) shard.BeginLoad();
        try
        {
            var loaded = await _loader.LoadAsync([.. missing.Select(shard => shard.Shard)], cancellation);
            foreach (var (shard, columns) in missing.Zip(loaded)) shard.Publish(columns);
        }
        catch
        {
            foreach (var shard in missing) shard.GiveUpLoad();
            throw;
        }
    }
}
