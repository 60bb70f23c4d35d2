using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>Reserves room for copies.</summary>
internal sealed class Room(CatalogueIndex index, FileEviction eviction, CatalogueSettings settings)
{
    /// <exception cref="CacheException">QuotaExceeded: it is larger than the whole quota.</exception>
    public void RequireFits(long sizeBytes)
    {
        if (sizeBytes <= settings.MaxBytes) return;
        throw new CacheException(
            ErrorCode.QuotaExceeded,
            $"The file has {sizeBytes} bytes, more than the cache's whole quota of {settings.MaxBytes} bytes (Cache:MaxBytes). Raise it, or read the file from its origin.",
            new Dictionary<string, object?> { ["size_bytes"] = sizeBytes, ["quota_bytes"] = settings.MaxBytes });
    }

    /// <summary>Not for long, so it is not called off.</summary>
    /// <param name="id">The file; what it has stored already will be replaced, and counts once.</param>
    /// <returns>To be disposed of once the copy is recorded, or given up.</returns>
    /// <exception cref="CacheException">QuotaExceeded: what may be evicted is not enough; Unavailable: another instance is still making room.</exception>
    public async Task<IDisposable> ReserveAsync(CachedFileId id, long sizeBytes)
    {
        RequireFits(sizeBytes);
        await index.RefreshAsync(exact: false, CancellationToken.None);
        var bytes = Math.Max(0, sizeBytes - index.StoredBytesOf(id));
        return await eviction.ReserveAsync(id.Value, bytes, () => Full(sizeBytes, bytes), CancellationToken.None);
    }

    private CacheException Full(long sizeBytes, long bytes)
    {
        var (stored, flying) = (index.StoredBytes, eviction.InFlight.Bytes);
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
