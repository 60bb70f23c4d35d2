using System.Text.Json;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Quota;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>
/// One run over cached files. Never pinned ones, nor what is being removed or copied; recorded copies hold no bytes of ours.
/// </summary>
/// <param name="progress">Told of each file that is gone.</param>
internal sealed class EvictionRun(
    CatalogueStore store, CatalogueIndex index, Removal removal, FileEviction eviction, CatalogueSettings settings, EvictionLease lease, Action progress)
    : QuotaRun(eviction, lease)
{
    private const int FilesAtOnce = 8;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly InFlight _inFlight = eviction.InFlight;

    /// <summary>Removes what was not used for <see cref="CatalogueSettings.TtlSeconds"/>.</summary>
    /// <returns>How many files.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellation)
    {
        var count = 0;
        if (settings.TtlSeconds == 0) return count;
        await index.RefreshAsync(exact: true, cancellation);
        while (HasTime)
        {
            var (oldest, _) = await ChooseAsync(new LeastRecentlyUsed(), long.MaxValue, file => IsExpired(file.LastUsed), cancellation);
            if (oldest.Victims.Count == 0) break;
            count += await RemoveAsync(
                oldest.Victims,
                i => new RemovalOrder(
                    "file_expired",
                    $"not used for {settings.TtlSeconds} seconds (Cache:TtlSeconds)",
                    Trigger.Timer,
                    Metadata: OfExpired(oldest.Victims[i]))
                {
                    StillGoes = file => IsExpired(Math.Max(file.CachedAt.UtcTicks, file.LastAccessed?.UtcTicks ?? 0)),
                },
                cancellation);
            if (!await RenewAsync()) break;
        }

        return count;
    }

    protected override async Task<(Choice Chosen, long EvictableBytes)> ChooseAsync(
        StoredPolicy policy, long bytes, Func<StoredItem, bool> mayGo, CancellationToken cancellation)
    {
        var chosen = await index.SelectAsync(
            () => new VictimSelection(policy, bytes, ItemsPerPass),
            file => mayGo(file) && !IsKept(file.Id) && !_inFlight.Holds(file.Id),
            exact: false,
            cancellation);
        return (chosen, chosen.OfferedBytes);
    }

    protected override Task<int> EvictAsync(Choice chosen, long useBytes, Trigger trigger, CancellationToken cancellation)
    {
        var reasons = new EvictionReasons(
            chosen, "file", id => [new("file_id", id), new("file_path", index.PathOf(id))], useBytes, settings.MaxBytes, store.Now);
        return RemoveAsync(
            chosen.Victims,
            i => new RemovalOrder("file_evicted", reasons.Text(i), trigger, Metadata: reasons.Metadata(i)) { StillGoes = file => IsUnchanged(file, chosen.Victims[i]) },
            cancellation);
    }

    private bool IsExpired(long lastUsed) => lastUsed + settings.TtlSeconds * TimeSpan.TicksPerSecond <= store.Now.UtcTicks;

    private string OfExpired(StoredItem file) => JsonSerializer.Serialize(
        new { settings.TtlSeconds, LastUsed = new DateTimeOffset(file.LastUsed, TimeSpan.Zero), file.SizeBytes }, Snake);

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
            else Keep(files[i].Id);
            return isGone;
        }
    }

    private async Task<bool> TryRemoveAsync(Guid id, RemovalOrder order, CancellationToken cancellation)
    {
        try
        {
            // Asked with the hits that no row knows of.
            var anew = order with { StillGoes = file => !_inFlight.Holds(id) && order.StillGoes!(index.WithHits(file)) };
            return await removal.RemoveAsync(new CachedFileId(id), anew, cancellation) is not null;
        }
        catch (CacheException)
        {
            // Pinned or removed meanwhile, or its original cannot stand again: others go in its place.
            return false;
        }
    }
}
