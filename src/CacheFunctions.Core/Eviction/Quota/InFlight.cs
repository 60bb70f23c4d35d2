namespace CacheFunctions.Eviction.Quota;

/// <summary>What this instance is bringing into a cache: how many bytes that will be, and of or into which things. Safe for concurrent use.</summary>
internal sealed class InFlight
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _things = [];
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool Holds(Guid thing)
    {
        lock (_lock) return _things.ContainsKey(thing);
    }

    /// <param name="fits">Whether there is room for so many bytes in flight altogether.</param>
    /// <returns>To be disposed of when it is recorded, or not wanted any more; null: it does not fit.</returns>
    public IDisposable? TryAdd(Guid thing, long bytes, Func<long, bool> fits)
    {
        lock (_lock)
        {
            if (!fits(_bytes + bytes)) return null;
            _bytes += bytes;
            _things[thing] = _things.GetValueOrDefault(thing) + 1;
            return new Reservation(this, thing, bytes);
        }
    }

    private void Remove(Guid thing, long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            if (_things[thing] == 1) _things.Remove(thing);
            else _things[thing]--;
        }
    }

    private sealed class Reservation(InFlight all, Guid thing, long bytes) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isOver, true)) all.Remove(thing, bytes);
        }
    }
}
