using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>
/// Reserves room for copies. What is stored is known from the index, so it costs no pass and no storage transaction but the
/// index's own; all instances together exceed the quota by what they write within two seconds, and have in flight, at the most.
/// </summary>
internal sealed class Room(CatalogueStore store, CatalogueIndex index, InFlight inFlight, FileEviction eviction, CatalogueSettings settings)
{
    // While another instance makes room.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <exception cref="CacheException">QuotaExceeded: it is larger than the whole quota.</exception>
    public void RequireFits(long sizeBytes)
    {
        if (sizeBytes <= settings.MaxBytes) return;
        throw new CacheException(
            ErrorCode.QuotaExceeded,
            $"The file has {sizeBytes} bytes, more than the cache's whole quota of {settings.MaxBytes} bytes (Cache:MaxBytes). Raise it, or read the file from its origin.",
            new Dictionary<string, object?> { ["size_bytes"] = sizeBytes, ["quota_bytes"] = settings.MaxBytes });
    }

    /// <summary>
    /// Waits for evictions only where there is no room without them, and not for long, so it is not called off. Above the high
    /// watermark one begins beside the requests.
    /// </summary>
    /// <param name="id">The file; what it has stored already will be replaced, and counts once.</param>
    /// <returns>To be disposed of once the copy is recorded, or given up.</returns>
    /// <exception cref="CacheException">QuotaExceeded: what may be evicted is not enough; Unavailable: another instance is still making room.</exception>
    public async Task<IDisposable> ReserveAsync(CachedFileId id, long sizeBytes)
    {
        RequireFits(sizeBytes);
        await index.RefreshAsync(exact: false, CancellationToken.None);
        var bytes = Math.Max(0, sizeBytes - index.StoredBytesOf(id));
        // So that room for a new version is not made by evicting the old one.
        using var itself = inFlight.TryAdd(id.Value, 0, static _ => true);
        for (var until = store.Now + Patience; ;)
        {
            if (inFlight.TryAdd(id.Value, bytes, all => bytes == 0 || index.StoredBytes + all <= settings.MaxBytes) is { } reserved)
            {
                eviction.StartIfAbove();
                return reserved;
            }

            switch (await eviction.MakeRoomAsync(bytes))
            {
                case RoomMade.Impossible:
                    throw Full(sizeBytes, bytes);
                case RoomMade.ByAnotherInstance when store.Now >= until:
                    throw CacheException.Unavailable("The cache is full, and another instance is making room. Try again.");
                case RoomMade.ByAnotherInstance:
                    await Task.Delay(Look, store.Time);
                    await index.RefreshAsync(exact: false, CancellationToken.None);
                    break;
            }
        }
    }

    private CacheException Full(long sizeBytes, long bytes)
    {
        var (stored, flying) = (index.StoredBytes, inFlight.Bytes);
        return new CacheException(
            ErrorCode.QuotaExceeded,
            $"The file needs {bytes} bytes; the cache holds {stored} and is copying {flying} of its quota of {settings.MaxBytes} (Cache:MaxBytes), and what is not pinned is not enough to evict. Unpin or remove files, or raise the quota.",
            new Dictionary<string, object?>
            {
                ["size_bytes"] = sizeBytes,
                ["stored_bytes"] = stored,
                ["in_flight_bytes"] = flying,
                ["quota_bytes"] = settings.MaxBytes,
            });
    }
}
