using CacheFunctions.Catalogue.Index;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories.Index;

/// <summary>
/// The directories that an index knows, each as its newest operation left it, with the touches of later notices. What
/// is told twice or in another order changes nothing: an operation's number, and a notice's, decide.
/// </summary>
internal sealed class KnownDirectories(int shardCount)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Known> _all = [];
    private readonly long[] _ends = new long[shardCount];
    private long _total;
    private bool _isTotalKnown;

    /// <summary>
    /// What all hold together. A directory in another is a part of it, so only the outermost ones count. O(1) while directories only
    /// change their sizes, O(n) after one came or went.
    /// </summary>
    public long TotalBytes
    {
        get
        {
            lock (_lock)
            {
                if (!_isTotalKnown) Sum();
                return _total;
            }
        }
    }

    public void BeginLoad()
    {
        lock (_lock)
        {
            _all.Clear();
            Array.Clear(_ends);
            _isTotalKnown = false;
        }
    }

    /// <param name="end">The log's end before the row was read: the row is at least as new.</param>
    public void Put(int shard, long end, CachedDirectory directory)
    {
        lock (_lock)
        {
            _ends[shard] = end;
            var known = Of(DirectoryPath.Stored(directory.Path).Id);
            // A commit of this instance may have come meanwhile.
            if (known.Sequence <= end) Become(known, end, directory);
        }
    }

    public void Apply(int shard, long sequence, Operation operation)
    {
        if (operation.State is null) return;
        var (directory, isGone) = CachedDirectory.Read(operation.State);
        lock (_lock)
        {
            if (sequence <= _ends[shard]) return;
            var known = Of(DirectoryPath.Stored(directory.Path).Id);
            // What is gone stays known by its number, lest an older operation bring it back.
            if (sequence > known.Sequence) Become(known, sequence, isGone ? null : directory);
        }
    }

    /// <param name="isOwn">Whether this instance has told it: what it has open itself, it knows better.</param>
    public void Touch(long notice, Touch touch, bool isOwn)
    {
        lock (_lock)
        {
            if (_all.TryGetValue(touch.Id, out var known)) known.Touch(notice, touch);
            else if (!isOwn && _all.TryGetValue(DirectoryPath.OfOpenMark(touch.Id), out known)) known.OpenAt = Math.Max(known.OpenAt, touch.LastAccessed);
        }
    }

    /// <summary>When another instance was last known to have a file of it open, in ticks of UTC; 0: never.</summary>
    public long OpenAt(Guid id)
    {
        lock (_lock) return _all.TryGetValue(id, out var known) ? known.OpenAt : 0;
    }

    public CachedDirectory? Find(Guid id)
    {
        lock (_lock) return _all.GetValueOrDefault(id)?.Shown;
    }

    /// <summary>Whether it is registered, or was so since this instance has followed it.</summary>
    public bool Remembers(Guid id)
    {
        lock (_lock) return _all.ContainsKey(id);
    }

    public IReadOnlyList<CachedDirectory> All()
    {
        lock (_lock) return [.. _all.Values.Select(known => known.Shown).OfType<CachedDirectory>()];
    }

    public IReadOnlyList<CachedDirectory> Touched()
    {
        lock (_lock) return [.. _all.Values.Where(known => known.IsTouched).Select(known => known.Shown).OfType<CachedDirectory>()];
    }

    public CachedDirectory WithTouches(CachedDirectory row, long upTo)
    {
        lock (_lock) return _all.TryGetValue(DirectoryPath.Stored(row.Path).Id, out var known) ? known.With(row, upTo) : row;
    }

    private Known Of(Guid id)
    {
        if (!_all.TryGetValue(id, out var known)) _all[id] = known = new Known();
        return known;
    }

    private void Become(Known known, long sequence, CachedDirectory? directory)
    {
        if (known.Directory is null != directory is null) _isTotalKnown = false;
        else if (known.IsOutermost) _total += (directory?.SizeBytes ?? 0) - (known.Directory?.SizeBytes ?? 0);
        known.Become(sequence, directory);
    }

    private void Sum()
    {
        var paths = _all.Values.Where(known => known.Directory is not null).Select(known => known.Directory!.Path).ToHashSet(StringComparer.Ordinal);
        var holders = paths.GetAlternateLookup<ReadOnlySpan<char>>();
        _total = 0;
        foreach (var known in _all.Values)
        {
            known.IsOutermost = known.Directory is not null;
            if (known.Directory is not { } directory) continue;
            for (var slash = directory.Path.LastIndexOf('/'); slash > 0 && known.IsOutermost; slash = directory.Path.LastIndexOf('/', slash - 1))
                known.IsOutermost = !holders.Contains(directory.Path.AsSpan(0, slash));
            if (known.IsOutermost) _total += directory.SizeBytes;
        }

        _isTotalKnown = true;
    }

    private sealed class Known
    {
        private readonly List<(long Notice, Touch Touch)> _touches = [];

        public CachedDirectory? Directory { get; private set; }

        public long Sequence { get; private set; }

        public bool IsOutermost { get; set; }

        public long OpenAt { get; set; }

        public bool IsTouched => Directory is not null && _touches.Count > 0;

        public CachedDirectory? Shown => Directory is null ? null : With(Directory);

        public void Become(long sequence, CachedDirectory? directory)
        {
            (Sequence, Directory) = (sequence, directory);
            // Those of an earlier registration count for that one.
            _touches.RemoveAll(each => directory is null || each.Notice <= directory.TouchesUpTo || each.Touch.LastAccessed < directory.RegisteredAt.UtcTicks);
        }

        public void Touch(long notice, Touch touch)
        {
            if (Directory is null || notice <= Directory.TouchesUpTo || touch.LastAccessed < Directory.RegisteredAt.UtcTicks) return;
            if (!_touches.Exists(each => each.Notice == notice)) _touches.Add((notice, touch));
        }

        public CachedDirectory With(CachedDirectory row, long upTo = long.MaxValue)
        {
            var (count, last) = (row.AccessCount, row.LastAccessed.UtcTicks);
            foreach (var (notice, touch) in _touches)
            {
                if (notice <= row.TouchesUpTo || notice > upTo) continue;
                count += touch.Count;
                last = Math.Max(last, touch.LastAccessed);
            }

            return row with { AccessCount = count, LastAccessed = new DateTimeOffset(last, TimeSpan.Zero) };
        }
    }
}
