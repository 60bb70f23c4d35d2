using CacheFunctions.Eviction.Memory;

namespace CacheFunctions.Content.Remembered;

/// <summary>
/// What storage told, believed for a while. Storage is asked once at a time for a name, however many want to know. What this
/// instance changes is forgotten at once, also by who is asking at that moment. Safe for concurrent use.
/// </summary>
internal sealed class Recollection<T> where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly S3Fifo<string> _policy;
    private readonly SingleFlight<Question, Entry?> _flights = new();
    private readonly (TimeSpan BelievedFor, TimeSpan KeptFor) _times;
    private readonly Func<T, long> _weigh;
    private readonly TimeProvider _time;

    // By a few bits of the scope: how often this instance has changed something in it.
    private readonly long[] _changes = new long[1024];

    /// <param name="believedFor">0: storage is asked each time.</param>
    /// <param name="keptFor">From the first telling on, however often storage said since that it still is so.</param>
    /// <param name="weigh">How much of <paramref name="maxWeight"/> one takes.</param>
    public Recollection(TimeSpan believedFor, TimeSpan keptFor, long maxWeight, Func<T, long> weigh, TimeProvider time)
    {
        (_times, _weigh, _time) = ((believedFor, keptFor), weigh, time);
        _policy = new S3Fifo<string>(maxWeight, (name, _) => _entries.Remove(name));
    }

    /// <param name="scope">What is changed together.</param>
    /// <param name="ask">
    /// Asks storage. It is given what storage told before, if that is not too long ago, and gives back the very same if it still is so.
    /// Not called off when one who waits gives up.
    /// </param>
    /// <returns>null: storage has nothing of this name, which is not remembered.</returns>
    public async Task<T?> RecallAsync(string scope, string name, Func<T?, Task<T?>> ask, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        while (true)
        {
            var changes = ChangesOf(scope);
            var known = Find(name, changes, now);
            if (known is not null && IsBelieved(known, now)) return known.Value;
            var (told, isFirst) = await _flights.RunAsync(new Question(name, changes), () => AskAsync(name, changes, known, ask), cancellation);
            // Begun before this caller came, and long ago: what it tells may be too old for him.
            if (isFirst || told is null || told.ToldAt + _times.BelievedFor >= now) return told?.Value;
        }
    }

    /// <returns>What would be recalled without asking; null: storage must be asked.</returns>
    public T? Known(string scope, string name)
    {
        var now = _time.GetUtcNow();
        return Find(name, ChangesOf(scope), now) is { } known && IsBelieved(known, now) ? known.Value : null;
    }

    /// <summary>To be asked for before something in the scope is changed or read.</summary>
    public long ChangesOf(string scope) => Volatile.Read(ref _changes[PlaceOf(scope)]);

    /// <summary>To be called after each change, and after what may have been one. What was told of the scope before counts no more.</summary>
    /// <returns>As <see cref="ChangesOf"/> from now on.</returns>
    public long Changed(string scope) => Interlocked.Increment(ref _changes[PlaceOf(scope)]);

    /// <param name="toldAt">It was so then or later.</param>
    /// <param name="changes">As <see cref="ChangesOf"/> told before: if there was a change since, it counts no more.</param>
    public void Keep(string name, T value, DateTimeOffset toldAt, long changes) => Keep(name, new Entry(value, toldAt, toldAt, changes));

    private bool IsBelieved(Entry known, DateTimeOffset now) => known.ToldAt + _times.BelievedFor > now;

    private async Task<Entry?> AskAsync(string name, long changes, Entry? known, Func<T?, Task<T?>> ask)
    {
        var toldAt = _time.GetUtcNow();
        if (await ask(known?.Value) is not { } value) return null;
        var entry = new Entry(value, ReferenceEquals(value, known?.Value) ? known!.KeptSince : toldAt, toldAt, changes);
        Keep(name, entry);
        return entry;
    }

    private Entry? Find(string name, long changes, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_policy.Access(name)) return null;
            var entry = _entries[name];
            if (entry.Changes == changes && entry.KeptSince + _times.KeptFor > now) return entry;
            _policy.Remove(name);
            _entries.Remove(name);
            return null;
        }
    }

    private void Keep(string name, Entry entry)
    {
        lock (_lock)
        {
            // Told again: its place in the queues stays.
            if (_entries.TryGetValue(name, out var before) && ReferenceEquals(before.Value, entry.Value)) _entries[name] = entry;
            else if (_policy.Add(name, _weigh(entry.Value))) _entries[name] = entry;
            else _entries.Remove(name);
        }
    }

    private int PlaceOf(string scope) => (int)((uint)StringComparer.Ordinal.GetHashCode(scope) % _changes.Length);

    // A class: what a dictionary does for a structure is compiled at each start, before the first answer.
    private sealed record Question(string Name, long Changes);

    /// <param name="KeptSince">When it was told first.</param>
    /// <param name="ToldAt">When it was told last.</param>
    private sealed record Entry(T Value, DateTimeOffset KeptSince, DateTimeOffset ToldAt, long Changes);
}
