namespace CacheFunctions.Catalogue.Quota;

/// <summary>What this instance is copying: how many bytes that will be, and of which files. Safe for concurrent use.</summary>
internal sealed class InFlight
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _files = [];
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool Holds(Guid file)
    {
        lock (_lock) return _files.ContainsKey(file);
    }

    /// <param name="fits">Whether there is room for so many bytes in flight altogether.</param>
    /// <returns>To be disposed of when the file is recorded, or not wanted any more; null: it does not fit.</returns>
    public IDisposable? TryAdd(Guid file, long bytes, Func<long, bool> fits)
    {
        lock (_lock)
        {
            if (!fits(_bytes + bytes)) return null;
            _bytes += bytes;
            _files[file] = _files.GetValueOrDefault(file) + 1;
            return new Reservation(this, file, bytes);
        }
    }

    private void Remove(Guid file, long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            if (_files[file] == 1) _files.Remove(file);
            else _files[file]--;
        }
    }

    private sealed class Reservation(InFlight all, Guid file, long bytes) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isOver, true)) all.Remove(file, bytes);
        }
    }
}
