using CacheFunctions.Eviction.Memory;

namespace CacheFunctions.Content.Hot;

/// <summary>
/// Large content in files of this machine's own disk. The first reader from the beginning begins to fill a file; all readers
/// follow it as it grows. What is evicted is unlinked, and whoever reads it has it open. So it takes its quota, and what is being
/// read at the moment.
/// </summary>
internal sealed class DiskTier : IDisposable
{
    // Larger content would push out everything else.
    private const int LargestShare = 2;

    private static readonly TierTelemetry Telemetry = new("disk");

    private readonly Lock _lock = new();
    private readonly Dictionary<ContentKey, DiskContent> _items = [];
    private readonly List<DiskContent> _evicted = [];
    private readonly S3Fifo<ContentKey> _policy;
    private readonly TierFolder _folder;

    public DiskTier(long quotaBytes, TierFolder folder)
    {
        _folder = folder;
        _policy = new S3Fifo<ContentKey>(quotaBytes, (key, _) =>
        {
            if (!_items.Remove(key, out var content)) return;
            _evicted.Add(content);
            Telemetry.Evicted(key);
        });
    }

    /// <summary>Told when this machine's own disk fails.</summary>
    public Action<Exception>? Failed { get; set; }

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

    /// <returns>null: there is no such content.</returns>
    public async Task<Stream?> OpenAsync(ContentSource source, long offset, long? length, CancellationToken cancellation)
    {
        if (Join(source, offset) is not { } content) return await source.OpenAsync(offset, length, cancellation);
        try
        {
            if (await content.Found.WaitAsync(cancellation)) return new DiskReader(content, source, offset, length ?? source.SizeBytes - offset);
        }
        catch
        {
            content.Leave();
            throw;
        }

        content.Leave();
        return null;
    }

    public void Dispose() => _folder.Dispose();

    /// <returns>null: what is asked for is not here, and is not what a file would begin with.</returns>
    private DiskContent? Join(ContentSource source, long offset)
    {
        DiskContent? content = null;
        var isNew = false;
        lock (_lock)
        {
            if (_policy.Access(source.Key) && _items.TryGetValue(source.Key, out content))
            {
                if (!content.TryJoin(offset)) content = null;
            }
            else if (offset <= ContentSource.NearBytes && source.SizeBytes <= _policy.QuotaBytes / LargestShare && TryCreate(source) is { } created)
            {
                _policy.Add(source.Key, source.SizeBytes);
                (_items[source.Key], content, isNew) = (created, created, true);
            }
        }

        Telemetry.Asked(source.Key, isHit: content is not null && !isNew);
        DeleteEvicted();
        if (isNew) content!.Begin(source);
        return content;
    }

    private DiskContent? TryCreate(ContentSource source)
    {
        try
        {
            return new DiskContent(_folder.NewFile(), source.SizeBytes, (content, error) => GiveUp(source.Key, content, error));
        }
        catch (IOException error)
        {
            Failed?.Invoke(error);
            return null;
        }
    }

    /// <summary>What could not be filled, or was left by all its readers before it was, is begun anew by the next.</summary>
    private void GiveUp(ContentKey key, DiskContent content, IOException? error)
    {
        lock (_lock)
        {
            if (_items.GetValueOrDefault(key) == content)
            {
                _policy.Remove(key);
                _items.Remove(key);
            }
        }

        content.Delete();
        if (error is not null) Failed?.Invoke(error);
    }

    private void DeleteEvicted()
    {
        List<DiskContent> evicted;
        lock (_lock)
        {
            if (_evicted.Count == 0) return;
            evicted = [.. _evicted];
            _evicted.Clear();
        }

        foreach (var content in evicted) content.Delete();
    }
}
