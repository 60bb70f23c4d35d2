using CacheFunctions.Eviction.Memory;

namespace CacheFunctions.Content.Hot;

/// <summary>Small content, whole, in memory. A hit allocates nothing that grows with the content.</summary>
internal sealed class MemoryTier
{
    /// <summary>Larger content belongs on disk.</summary>
    public const int MaxItemBytes = 1 << 20;

    private static readonly TierTelemetry Telemetry = new("memory");

    private readonly Lock _lock = new();
    private readonly Dictionary<ContentKey, byte[]> _items = [];
    private readonly S3Fifo<ContentKey> _policy;
    private readonly SingleFlight<ContentKey, byte[]?> _flights = new();

    public MemoryTier(long quotaBytes) => _policy = new S3Fifo<ContentKey>(quotaBytes, (key, _) =>
    {
        if (_items.Remove(key)) Telemetry.Evicted(key);
    });

    public long UsedBytes
    {
        get
        {
            lock (_lock) return _policy.UsedBytes;
        }
    }

    public bool Keeps(ContentKey key)
    {
        lock (_lock) return _items.ContainsKey(key);
    }

    /// <returns>null: it is not here.</returns>
    public Stream? Find(ContentKey key, long offset, long? length)
    {
        byte[] bytes;
        lock (_lock)
        {
            if (!_policy.Access(key)) return null;
            bytes = _items[key];
        }

        Telemetry.Asked(key, isHit: true);
        return Open(bytes, offset, length);
    }

    /// <summary>What was not here: from storage, and kept.</summary>
    /// <returns>null: there is no such content.</returns>
    public async Task<Stream?> FetchAsync(ContentSource source, long offset, long? length, CancellationToken cancellation)
    {
        Telemetry.Asked(source.Key, isHit: false);
        var (bytes, _) = await _flights.RunAsync(source.Key, () => LoadAsync(source), cancellation);
        return bytes is null ? null : Open(bytes, offset, length);
    }

    public void Keep(ContentKey key, byte[] bytes)
    {
        lock (_lock)
            if (_policy.Add(key, bytes.Length)) _items[key] = bytes;
    }

    // A reader may hold the bytes after they were evicted; the garbage collector knows.
    private static MemoryStream Open(byte[] bytes, long offset, long? length) =>
        new(bytes, (int)offset, (int)(length ?? bytes.Length - offset), writable: false);

    /// <summary>For all who wait, so it is not called off when one of them gives up.</summary>
    private async Task<byte[]?> LoadAsync(ContentSource source)
    {
        // Who missed it while another was loading may come here only after that one has ended.
        lock (_lock)
            if (_items.TryGetValue(source.Key, out var kept)) return kept;
        await using var content = await source.OpenAsync(0, null, CancellationToken.None);
        if (content is null) return null;
        var bytes = GC.AllocateUninitializedArray<byte>((int)source.SizeBytes);
        for (int read, filled = 0; filled < bytes.Length; filled += read)
        {
            read = await content.ReadAsync(bytes.AsMemory(filled), CancellationToken.None);
            if (read == 0) throw new EndOfStreamException($"{source.Key.Name} has fewer bytes than the {bytes.Length} that are recorded.");
        }

        Keep(source.Key, bytes);
        return bytes;
    }
}
