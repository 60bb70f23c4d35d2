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

    public void BeginLoad()
    {
        lock (_lock)
        {
            _all.Clear();
            Array.Clear(_ends);
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
            if (known.Sequence <= end) known.Become(end, directory);
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
            if (sequence > known.Sequence) known.Become(sequence, isGone ? null : directory);
        }
    }

    public void Touch(long notice, Touch touch)
    {
        lock (_lock)
            if (_all.TryGetValue(touch.Id, out var known)) known.Touch(notice, touch);
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

    private sealed class Known
    {
        private readonly List<(long Notice, Touch Touch)> _touches = [];
        private CachedDirectory? _directory;

        public long Sequence { get; private set; }

        public bool IsTouched => _directory is not null && _touches.Count > 0;

        public CachedDirectory? Shown => _directory is null ? null : With(_directory);

        public void Become(long sequence, CachedDirectory? directory)
        {
            (Sequence, _directory) = (sequence, directory);
            // Those of an earlier registration count for that one.
            _touches.RemoveAll(each => directory is null || each.Notice <= directory.TouchesUpTo || each.Touch.LastAccessed < directory.RegisteredAt.UtcTicks);
        }

        public void Touch(long notice, Touch touch)
        {
            if (_directory is null || notice <= _directory.TouchesUpTo || touch.LastAccessed < _directory.RegisteredAt.UtcTicks) return;
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
