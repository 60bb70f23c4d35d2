using CacheFunctions.Eviction.Stored;
using CacheFunctions.Observability;
using CacheFunctions.Operations;

namespace CacheFunctions.Eviction.Quota;

/// <summary>
/// One run of evictions under a lease. Each eviction is decided anew, on the record as it stands, in the transaction that begins it;
/// so a run may break off anywhere, and be repeated.
/// </summary>
internal abstract class QuotaRun(QuotaEviction cache, EvictionLease lease)
{
    protected const int ItemsPerPass = 500;

    // The next look at the index, or the next hour, goes on.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _begun = cache.Now;

    // What was chosen and stays after all; not chosen again.
    private readonly HashSet<Guid> _kept = [];

    /// <summary>Whether all was evicted that may be, and that was not enough to reach the low watermark.</summary>
    public bool IsExhausted { get; private set; }

    protected bool HasTime => !cache.IsStopping && cache.Now < _begun + Longest;

    /// <summary>
    /// Evicts down to the low watermark, and further if what comes needs it. What was added while it goes on stays, unless there is
    /// no room without it.
    /// </summary>
    /// <param name="incoming">What must find room behind it, in bytes; 0: nothing.</param>
    /// <returns>How many things were evicted; null: all that may be evicted is not enough for what comes, so none was.</returns>
    public async Task<int?> EvictAsync(long incoming, Trigger trigger, CancellationToken cancellation)
    {
        var count = 0;
        var newest = incoming > 0 ? long.MaxValue : _begun.UtcTicks;
        // Another instance may have evicted a moment ago.
        await cache.RefreshAsync(exact: true, cancellation);
        while (HasTime)
        {
            var use = cache.UseBytes;
            var free = use - Math.Min(cache.Marks.LowBytes, cache.Marks.QuotaBytes - incoming);
            if (free <= 0) break;
            var policy = StoredPolicies.Create(cache.Policy, lease.Remembered);
            var (chosen, evictable) = await ChooseAsync(policy, free, item => item.AddedAt < newest, cancellation);
            if (incoming > 0 && use + incoming - evictable > cache.Marks.QuotaBytes) return count > 0 ? count : null;
            IsExhausted = chosen.Victims.Count == 0;
            if (IsExhausted) break;
            lease.Remembered = policy.Remember(chosen, cache.Now);
            var gone = await EvictAsync(chosen, use, trigger, cancellation);
            Telemetry.Evictions.Add(gone, Telemetry.Tag(Telemetry.Attributes.Cache, cache.Cache), Telemetry.Tag(Telemetry.Attributes.Policy, policy.Name));
            count += gone;
            if (!await lease.RenewAsync()) break;
        }

        return count;
    }

    /// <summary>What goes next, of all that may.</summary>
    /// <returns>And how many bytes could be evicted in the end, in this pass and in others.</returns>
    protected abstract Task<(Choice Chosen, long EvictableBytes)> ChooseAsync(
        StoredPolicy policy, long bytes, Func<StoredItem, bool> mayGo, CancellationToken cancellation);

    /// <returns>How many are gone.</returns>
    protected abstract Task<int> EvictAsync(Choice chosen, long useBytes, Trigger trigger, CancellationToken cancellation);

    protected bool IsKept(Guid id)
    {
        lock (_kept) return _kept.Contains(id);
    }

    protected void Keep(Guid id)
    {
        lock (_kept) _kept.Add(id);
    }

    protected Task<bool> RenewAsync() => lease.RenewAsync();
}
