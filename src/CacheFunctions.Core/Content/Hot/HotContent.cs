using CacheFunctions.Errors;

namespace CacheFunctions.Content.Hot;

/// <summary>
/// Content as this instance serves it: small content from memory, large content from its own disk, what it has neither of
/// from storage, once however many ask. Keys stand for their bytes for ever, so nothing here can be stale; whether a caller may
/// have the bytes is decided before. Safe for concurrent use.
/// </summary>
public sealed class HotContent : IDisposable
{
    private readonly MemoryTier? _memory;
    private readonly DiskTier? _disk;

    /// <summary>Keeps nothing.</summary>
    public static HotContent None { get; } = new(new HotSettings { MemoryBytes = 0, DiskBytes = 0 });

    /// <exception cref="CacheException">InvalidArgument: the folder cannot be used.</exception>
    public HotContent(HotSettings settings)
    {
        if (settings.MemoryBytes > 0) _memory = new MemoryTier(settings.MemoryBytes);
        if (settings.DiskBytes > 0) _disk = new DiskTier(settings.DiskBytes, TierFolder.Open(settings.Directory));
    }

    /// <summary>What is kept in memory, in bytes.</summary>
    public long MemoryBytes => _memory?.UsedBytes ?? 0;

    /// <summary>What is kept on disk, in bytes.</summary>
    public long DiskBytes => _disk?.UsedBytes ?? 0;

    /// <summary>Told when this machine's own disk fails; readers go on from storage.</summary>
    public Action<Exception>? DiskFailed
    {
        set
        {
            if (_disk is not null) _disk.Failed = value;
        }
    }

    /// <summary>No storage transaction when it is kept, one when it is not.</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="sizeBytes">Of the whole.</param>
    /// <param name="offset">The first byte, from 0, and within the content.</param>
    /// <param name="length">How many bytes; null: to the end.</param>
    /// <returns>null: there is no such content.</returns>
    public ValueTask<Stream?> OpenAsync(
        IContentStore store, ContentKey key, long sizeBytes, long offset, long? length, CancellationToken cancellation) =>
        OpenAsync(store, key, sizeBytes, null, offset, length, cancellation);

    /// <inheritdoc cref="OpenAsync(IContentStore, ContentKey, long, long, long?, CancellationToken)"/>
    /// <param name="unread">The whole, if storage sent it along; null: it did not.</param>
    internal ValueTask<Stream?> OpenAsync(
        IContentStore store, ContentKey key, long sizeBytes, UnreadContent? unread, long offset, long? length, CancellationToken cancellation) =>
        // What is in memory needs no source.
        MemoryFor(sizeBytes)?.Find(key, offset, length) is { } kept ? new(kept) : new(FetchAsync(ContentSource.Of(store, key, sizeBytes, unread), offset, length, cancellation));

    /// <summary>As the other one.</summary>
    internal ValueTask<Stream?> OpenAsync(ContentSource source, long offset, long? length, CancellationToken cancellation) =>
        MemoryFor(source.SizeBytes)?.Find(source.Key, offset, length) is { } kept ? new(kept) : new(FetchAsync(source, offset, length, cancellation));

    /// <summary>Whether all or some of it is kept. No use of it.</summary>
    internal bool Keeps(ContentKey key, long sizeBytes) => MemoryFor(sizeBytes)?.Keeps(key) ?? _disk?.Keeps(key) ?? false;

    private Task<Stream?> FetchAsync(ContentSource source, long offset, long? length, CancellationToken cancellation)
    {
        if (MemoryFor(source.SizeBytes) is { } memory) return memory.FetchAsync(source, offset, length, cancellation);
        return _disk is not null ? _disk.OpenAsync(source, offset, length, cancellation) : source.OpenAsync(offset, length, cancellation);
    }

    private MemoryTier? MemoryFor(long sizeBytes) => sizeBytes <= MemoryTier.MaxItemBytes ? _memory : null;

    /// <summary>How long content may be that <see cref="Keep"/> takes, in bytes; 0: it takes none.</summary>
    internal int MaxKeptBytes => _memory is null ? 0 : MemoryTier.MaxItemBytes;

    /// <summary>Keeps content that is at hand, so that nobody has to fetch it.</summary>
    /// <param name="bytes">The whole, at most <see cref="MaxKeptBytes"/>; not to be changed any more.</param>
    internal void Keep(ContentKey key, byte[] bytes) => _memory?.Keep(key, bytes);

    public void Dispose() => _disk?.Dispose();
}
