using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>
/// One run of evictions under a lease. Never pinned files, nor what is being removed or copied; recorded copies hold no bytes of
/// ours. Each eviction is decided anew, on the record as it stands, in the transaction that removes it; so a run may break off
/// anywhere, and be repeated.
/// </summary>
/// <param name="progress">Told of each file that is gone.</param>
internal sealed class EvictionRun(
    CatalogueStore store, CatalogueIndex index, Removal removal, InFlight inFlight, CatalogueSettings settings, EvictionLease lease, Action progress)
{
    private const int FilesPerPass = 500;
    private const int FilesAtOnce = 8;

    // The next look at the index, or the next hour, goes on.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Watermarks _marks = new(settings.MaxBytes);
    private readonly DateTimeOffset _begun = store.Now;

    // What was chosen and stays after all; not chosen again.
    private readonly HashSet<Guid> _kept = [];

    /// <summary>Whether all was evicted that may be, and that was not enough to reach the low watermark.</summary>
    public bool IsExhausted { get; private set; }

    private bool HasTime => store.Now < _begun + Longest;

    /// <summary>
    /// Evicts down to the low watermark, and further if what comes needs it. What was cached while it goes on stays, unless there is
    /// no room without it.
    /// </summary>
    /// <param name="incoming">What must find room behind it, in bytes; 0: nothing.</param>
    /// <returns>How many files were evicted; null: all that may be evicted is not enough for what comes, so none was.</returns>
    public async Task<int?> EvictAsync(long incoming, Trigger trigger, CancellationToken cancellation)
    {
        var count = 0;
        var newest = incoming > 0 ? long.MaxValue : _begun.UtcTicks;
        // Another instance may have evicted a moment ago.
        await index.RefreshAsync(exact: true, cancellation);
        while (HasTime)
        {
            var use = index.StoredBytes + inFlight.Bytes;
            var free = use - Math.Min(_marks.LowBytes, settings.MaxBytes - incoming);
            if (free <= 0) break;
            var policy = StoredPolicies.Create(settings.EvictionPolicy, lease.Remembered);
            var chosen = await ChooseAsync(policy, free, file => file.AddedAt < newest, cancellation);
            if (incoming > 0 && use + incoming - chosen.OfferedBytes > settings.MaxBytes) return count > 0 ? count : null;
            IsExhausted = chosen.Victims.Count == 0;
            if (IsExhausted) break;
            lease.Remembered = policy.Remember(chosen, store.Now);
            var reasons = new EvictionReasons(chosen, index, use, settings.MaxBytes, store.Now);
            count += await RemoveAsync(
                chosen.Victims,
                i => new RemovalOrder("file_evicted", reasons.Text(i), trigger, Metadata: reasons.Metadata(i)) { StillGoes = file => IsUnchanged(file, chosen.Victims[i]) },
                cancellation);
            if (!await lease.RenewAsync()) break;
        }

        return count;
    }

    /// <summary>Removes what was not used for <see cref="CatalogueSettings.TtlSeconds"/>.</summary>
    /// <returns>How many files.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellation)
    {
        var count = 0;
        if (settings.TtlSeconds == 0) return count;
        await index.RefreshAsync(exact: true, cancellation);
        while (HasTime)
        {
            var oldest = await ChooseAsync(new LeastRecentlyUsed(), long.MaxValue, file => IsExpired(file.LastUsed), cancellation);
            if (oldest.Victims.Count == 0) break;
            count += await RemoveAsync(
                oldest.Victims,
                i => new RemovalOrder(
                    "file_expired",
                    $"not used for {settings.TtlSeconds} seconds (Cache:TtlSeconds)",
                    Trigger.Timer,
                    Metadata: EvictionReasons.OfExpired(oldest.Victims[i], settings.TtlSeconds))
                {
                    StillGoes = file => IsExpired(Math.Max(file.CachedAt.UtcTicks, file.LastAccessed?.UtcTicks ?? 0)),
                },
                cancellation);
            if (!await lease.RenewAsync()) break;
        }

        return count;
    }

    private Task<Choice> ChooseAsync(StoredPolicy policy, long bytes, Func<StoredItem, bool> mayGo, CancellationToken cancellation) =>
        index.SelectAsync(
            () => new VictimSelection(policy, bytes, FilesPerPass),
            file => mayGo(file) && !_kept.Contains(file.Id) && !inFlight.Holds(file.Id),
            exact: false,
            cancellation);

    private bool IsExpired(long lastUsed) => lastUsed + settings.TtlSeconds * TimeSpan.TicksPerSecond <= store.Now.UtcTicks;

    /// <summary>Whether a file is still what it was chosen as: nobody has used it, or put another version in its place.</summary>
    private static bool IsUnchanged(CachedFile file, StoredItem chosen) =>
        (file.LastAccessed?.UtcTicks ?? 0) <= chosen.LastAccessed && file.AccessCount <= chosen.AccessCount
        && file.CachedAt.UtcTicks == chosen.AddedAt && file.SizeBytes == chosen.SizeBytes;

    private async Task<int> RemoveAsync(IReadOnlyList<StoredItem> files, Func<int, RemovalOrder> orderFor, CancellationToken cancellation)
    {
        var gone = 0;
        foreach (var some in Enumerable.Range(0, files.Count).Chunk(FilesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            gone += (await Task.WhenAll(some.Select(RemoveOneAsync))).Count(isGone => isGone);
        }

        return gone;

        async Task<bool> RemoveOneAsync(int i)
        {
            var isGone = await TryRemoveAsync(files[i].Id, orderFor(i), cancellation);
            if (isGone) progress();
            else lock (_kept) _kept.Add(files[i].Id);
            return isGone;
        }
    }

    private async Task<bool> TryRemoveAsync(Guid id, RemovalOrder order, CancellationToken cancellation)
    {
        try
        {
            // Asked with the hits that no row knows of.
            var anew = order with { StillGoes = file => !inFlight.Holds(id) && order.StillGoes!(index.WithHits(file)) };
            return await removal.RemoveAsync(new CachedFileId(id), anew, cancellation) is not null;
        }
        catch (CacheException)
        {
            // Pinned or removed meanwhile, or its original cannot stand again: others go in its place.
            return false;
        }
    }
}
