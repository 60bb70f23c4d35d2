namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Hits on one file that the other instances were not told of. Any number of callers add to it at once, without a lock, and one takes it: so what is
/// added is taken, once.
/// </summary>
internal sealed class UntoldHits
{
    private const int Taken = -1;

    private int _count;
    private long _last;

    /// <param name="count">0 or more.</param>
    /// <returns>false: they were taken, so this begins the next ones.</returns>
    public bool TryAdd(int count, long at)
    {
        // Before it counts: whoever takes it then knows of this time.
        for (long last; at > (last = Volatile.Read(ref _last));)
            if (Interlocked.CompareExchange(ref _last, at, last) == last) break;
        for (int before; (before = Volatile.Read(ref _count)) != Taken;)
            if (Interlocked.CompareExchange(ref _count, (int)Math.Min((long)before + count, int.MaxValue), before) == before) return true;
        return false;
    }

    /// <summary>Once, after it can no longer be found.</summary>
    public Touch Take(Guid id)
    {
        var count = Interlocked.Exchange(ref _count, Taken);
        return new Touch(id, count, Volatile.Read(ref _last));
    }
}
