using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// One shard in memory: its files, and up to which operation all is known.
/// <para>
/// Readers share a lock and a writer takes it alone, for one operation at a time: microseconds. A reader holds it for one
/// pass over a shard, a sixty-fourth of the catalogue: two milliseconds at the most for a search in a million files. Copies on
/// write would spare readers even that, and cost a second set of columns and the garbage of a chunk for each operation.
/// </para>
/// </summary>
internal sealed class ShardIndex(int shard, UserSets users) : IDisposable
{
    // Own operations behind one that is not read yet; more come together only where nobody asks for anything.
    private const int MaxAhead = 10_000;

    private readonly ReaderWriterLockSlim _lock = new();

    // The newest operation known of a file, where it is ahead of what is known of all.
    private readonly Dictionary<Guid, long> _ahead = [];
    private readonly HashSet<long> _aheadNumbers = [];
    private readonly EarlyTouches _early = new();
    private readonly List<(long Sequence, CatalogueEntry? Entry)> _meanwhile = [];
    private volatile ShardColumns? _columns;
    private volatile bool _loading;

    public int Shard => shard;

    /// <summary>Told of each file that changed, as soon as that is known here; null: perhaps all of them. Must be quick.</summary>
    public Action<CachedFileId?>? Changed { get; init; }

    /// <summary>All operations up to this number are in the index. Touched by the refresh and by own writes.</summary>
    public long Known { get; private set; }

    /// <summary>All notices up to this number are in the index.</summary>
    public long KnownNotices { get; set; }

    public bool IsLoaded => _columns is not null;

    /// <summary>In bytes; 0 while it is not loaded.</summary>
    public long StoredBytes => _columns?.StoredBytes ?? 0;

    /// <summary>From here on own writes are kept until the load is done, since it may read the log before them.</summary>
    public void BeginLoad() => Write(() => _loading = true);

    public void GiveUpLoad() => Write(() =>
    {
        _loading = false;
        _meanwhile.Clear();
    });

    public void Publish(LoadedShard loaded) => Write(() =>
    {
        (_columns, Known, KnownNotices) = (loaded.Columns, loaded.Sequence, loaded.Notices);
        _loading = false;
        _ahead.Clear();
        _aheadNumbers.Clear();
        _early.Clear();
        Changed?.Invoke(null);
        foreach (var (sequence, entry) in _meanwhile) ApplyAhead(sequence, entry);
        _meanwhile.Clear();
    });

    /// <summary>An operation of this instance, right after its commit, in whatever order.</summary>
    public void Apply(long sequence, Operation operation)
    {
        // What is not being loaded yet will be read later, after this commit. Asked in this order, since a load that
        // ends between the two questions has its columns by then.
        if (!_loading && _columns is null) return;
        var entry = operation.State is { } state ? CatalogueEntry.Read(state) : null;
        Write(() =>
        {
            if (_loading) _meanwhile.Add((sequence, entry));
            if (_columns is not null) ApplyAhead(sequence, entry);
        });
    }

    /// <summary>The next operation of the log.</summary>
    public void Follow(LoggedOperation operation)
    {
        var entry = operation.Operation.State is { } state ? CatalogueEntry.Read(state) : null;
        Write(() =>
        {
            if (_columns is null || operation.Sequence != Known + 1) return;
            if (entry is not null && !(_ahead.TryGetValue(entry.Id.Value, out var newer) && newer >= operation.Sequence)) Put(entry);
            Advance(operation.Sequence);
        });
    }

    /// <summary>The touches of a notice, in whatever order notices come: counts add up, and of instants the latest stays.</summary>
    public void Touch(IEnumerable<Touch> touches) => Write(() =>
    {
        if (_columns is null) return;
        foreach (var touch in touches)
        {
            var row = _columns.Find(touch.Id);
            if (row >= 0) _columns.Touch(row, touch.Count, touch.LastAccessed);
            else _early.Add(touch);
        }
    });

    /// <summary>Hands over what it holds, and forgets it.</summary>
    public LoadedShard Release()
    {
        var loaded = new LoadedShard(_columns!, Known, KnownNotices);
        Unload();
        return loaded;
    }

    /// <summary>Forgets everything; the next use loads it again.</summary>
    public void Unload() => Write(Forget);

    /// <summary>Lets a reader see the columns; it must not keep them.</summary>
    /// <returns>Whether they were loaded.</returns>
    public bool Read(Action<ShardColumns> read)
    {
        _lock.EnterReadLock();
        try
        {
            if (_columns is null) return false;
            read(_columns);
            return true;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose() => _lock.Dispose();

    private void ApplyAhead(long sequence, CatalogueEntry? entry)
    {
        if (sequence <= Known || _aheadNumbers.Contains(sequence)) return;
        if (entry is not null && _ahead.GetValueOrDefault(entry.Id.Value) < sequence)
        {
            Put(entry);
            if (sequence > Known + 1) _ahead[entry.Id.Value] = sequence;
        }

        if (sequence == Known + 1) Advance(sequence);
        else if (_aheadNumbers.Count < MaxAhead) _aheadNumbers.Add(sequence);
        else Forget();
    }

    /// <summary>Goes on over what was applied ahead, as far as there is no gap.</summary>
    private void Advance(long sequence)
    {
        Known = sequence;
        if (_aheadNumbers.Count == 0) return;
        while (_aheadNumbers.Remove(Known + 1)) Known++;
        if (_aheadNumbers.Count == 0) _ahead.Clear();
    }

    private void Put(CatalogueEntry entry)
    {
        Changed?.Invoke(entry.Id);
        if (entry.Removed)
        {
            _columns!.Remove(entry.Id.Value);
            return;
        }

        var row = _columns!.Put(entry, users.Of(entry.Users));
        if (_early.Take(entry.Id.Value) is { } touch) _columns.Touch(row, touch.Count, touch.LastAccessed);
    }

    private void Forget()
    {
        _columns = null;
        _ahead.Clear();
        _aheadNumbers.Clear();
        _early.Clear();
    }

    private void Write(Action change)
    {
        _lock.EnterWriteLock();
        try
        {
            change();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
