namespace CacheFunctions.Eviction.Memory;

/// <summary>
/// Decides what a cache of so many bytes keeps. A call is O(1), counted together with the evictions it causes, and allocates
/// nothing but the growth of the tables. Sizes are respected by counting bytes: as many are evicted as the new one needs.
/// <para>
/// Not safe for concurrent use. Each call is some tens of nanoseconds, so one lock around it is cheap.
/// </para>
/// </summary>
/// <param name="quotaBytes">How much is kept at the most, in bytes; above 0.</param>
/// <param name="evicted">Told of each key that has to go, with its size, in order; null: nobody. It must not call back.</param>
public abstract class CachePolicy<TKey>(long quotaBytes, Action<TKey, long>? evicted) where TKey : notnull
{
    /// <summary>In bytes.</summary>
    public long QuotaBytes { get; } = quotaBytes > 0 ? quotaBytes : throw new ArgumentOutOfRangeException(nameof(quotaBytes), "A quota is above 0.");

    /// <summary>What is kept, in bytes; never above the quota.</summary>
    public abstract long UsedBytes { get; }

    /// <summary>How many keys are kept.</summary>
    public abstract int Count { get; }

    /// <summary>Notes a use.</summary>
    /// <returns>Whether the key is kept; false: a miss, after which it may be added.</returns>
    public abstract bool Access(TKey key);

    /// <summary>Keeps a key, and evicts what must go for it. One that is kept already is replaced, as if removed before.</summary>
    /// <param name="sizeBytes">From 0.</param>
    /// <returns>Whether it is kept; false: it is larger than the quota, and nothing was evicted for it.</returns>
    public bool Add(TKey key, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        Remove(key);
        if (sizeBytes > QuotaBytes) return false;
        Insert(key, sizeBytes);
        return true;
    }

    /// <summary>Forgets a key without calling that an eviction.</summary>
    /// <returns>Whether it was kept.</returns>
    public abstract bool Remove(TKey key);

    /// <summary>Makes room and keeps a key that is not kept and fits the quota.</summary>
    private protected abstract void Insert(TKey key, long sizeBytes);

    private protected void Evicted(TKey key, long sizeBytes) => evicted?.Invoke(key, sizeBytes);
}
