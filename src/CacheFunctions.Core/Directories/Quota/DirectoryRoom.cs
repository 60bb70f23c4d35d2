using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;

namespace CacheFunctions.Directories.Quota;

/// <summary>Reserves room for what makes registered directories larger.</summary>
internal sealed class DirectoryRoom(DirectoryIndex index, DirectoryEviction eviction, DirectorySettings settings)
{
    /// <param name="what">As people are to read it: "The file", say.</param>
    /// <exception cref="CacheException">QuotaExceeded: it is larger than the whole quota.</exception>
    public void RequireFits(string what, long sizeBytes)
    {
        if (sizeBytes <= settings.MaxBytes) return;
        throw new CacheException(
            ErrorCode.QuotaExceeded,
            $"{what} has {sizeBytes} bytes, more than the directory cache's whole quota of {settings.MaxBytes} bytes (DISK_CACHE_MAX_BYTES). Raise it.",
            new Dictionary<string, object?> { ["size_bytes"] = sizeBytes, ["quota_bytes"] = settings.MaxBytes });
    }

    /// <summary>For all that lies in a directory which is about to be registered. What is counted already needs none.</summary>
    /// <exception cref="CacheException">As <see cref="ReserveAsync"/>.</exception>
    public async Task<IDisposable> ForRegistrationAsync(DirectoryPath path, long sizeBytes, CancellationToken cancellation)
    {
        // Mostly it was registered before, and has not grown.
        var growth = index.Find(path) is { } known && sizeBytes <= known.SizeBytes
            ? 0
            : (await index.AllAsync(exact: false, cancellation)).Growth(path.Text, sizeBytes);
        return await ReserveAsync(path, $"The directory '{path}'", growth, cancellation);
    }

    /// <param name="into">What grows: it and all that hold it stay meanwhile.</param>
    /// <param name="bytes">How much; nothing, or less: no room is needed.</param>
    /// <returns>To be disposed of once the growth is recorded, or given up.</returns>
    /// <exception cref="CacheException">QuotaExceeded: what may be evicted is not enough; Unavailable: another instance is still making room.</exception>
    public async Task<IDisposable> ReserveAsync(DirectoryPath into, string what, long bytes, CancellationToken cancellation)
    {
        RequireFits(what, bytes);
        var held = new Held([.. into.Ancestors.Append(into).Select(each => eviction.InFlight.TryAdd(each.Id, 0, static _ => true)!)]);
        if (bytes <= 0 || !settings.Enabled) return held;
        try
        {
            await index.RefreshAsync(exact: false, cancellation);
            held.Add(await eviction.ReserveAsync(into.Id, bytes, () => Full(what, bytes), cancellation));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private CacheException Full(string what, long bytes)
    {
        var (stored, flying) = (index.StoredBytes, eviction.InFlight.Bytes);
        return new CacheException(
            ErrorCode.QuotaExceeded,
            $"{what} needs {bytes} bytes; the directory cache holds {stored} and is bringing {flying} of its quota of {settings.MaxBytes} (DISK_CACHE_MAX_BYTES), and what is neither pinned nor in use is not enough to evict. Unpin or remove directories, or raise the quota.",
            new Dictionary<string, object?>
            {
                ["size_bytes"] = bytes,
                ["stored_bytes"] = stored,
                ["in_flight_bytes"] = flying,
                ["quota_bytes"] = settings.MaxBytes,
            });
    }

    private sealed class Held(List<IDisposable> all) : IDisposable
    {
        public void Add(IDisposable more) => all.Add(more);

        public void Dispose()
        {
            foreach (var each in all) each.Dispose();
        }
    }
}
