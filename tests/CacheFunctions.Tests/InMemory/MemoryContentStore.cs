using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CacheFunctions.Content;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Content in memory, for rules and simulation.</summary>
public sealed class MemoryContentStore(TimeProvider? time = null) : IContentStore
{
    private readonly ConcurrentDictionary<(string Container, string Name), (byte[] Bytes, DateTimeOffset At, string Version, long? PlainBytes)> _contents = new();
    private long _version;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public IEnumerable<string> Names(string container) =>
        _contents.Keys.Where(key => key.Container == container).Select(key => key.Name);

    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        if (length is { } known && copy.Length != known) throw new EndOfStreamException();
        _contents[(container, name)] = (copy.ToArray(), _time.GetUtcNow(), NextVersion(), null);
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = await content.ReadAsync(buffer, cancellation)) > 0; progress?.Report(copy.Length)) copy.Write(buffer, 0, count);
        var bytes = copy.ToArray();
        return _contents.GetOrAdd((container, name), (bytes, _time.GetUtcNow(), NextVersion(), null)).Bytes.AsSpan().SequenceEqual(bytes);
    }

    public async Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        var written = (copy.ToArray(), _time.GetUtcNow(), NextVersion(), (long?)plainBytes());
        if (replaces is null) _contents[(container, name)] = written;
        else if (!_contents.TryGetValue((container, name), out var before) || before.Version != replaces.Value.Version
            || !_contents.TryUpdate((container, name), written, before)) return null;
        return new ContentItem(name, written.Item2, written.Item1.Length, written.Item3, written.Item4);
    }

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? Task.FromCanceled<ContentItem?>(cancellation) : Task.FromResult(Find(container, name));

    public async Task<(ContentItem Item, Stream? Content)?> BeginAsync(
        string container, string name, ContentItem? known, CancellationToken cancellation)
    {
        if (await FindAsync(container, name, cancellation) is not { } item) return null;
        return item.Version == known?.Version ? (item, null) : (item, await OpenReadAsync(container, name, 0, null, cancellation));
    }

    public async Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        var content = await OpenReadAsync(container, item.Name, offset, length, cancellation);
        return Find(container, item.Name)?.Version == item.Version ? content : null;
    }

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<bool>(cancellation);
        if (!_contents.TryGetValue((container, from), out var content)) return Task.FromResult(false);
        _contents[(container, to)] = (content.Bytes, _time.GetUtcNow(), NextVersion(), content.PlainBytes);
        return Task.FromResult(true);
    }

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) => Task.FromResult<PresignedUpload?>(null);

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<Stream?>(cancellation);
        if (!_contents.TryGetValue((container, name), out var content)) return Task.FromResult<Stream?>(null);
        var count = (int)Math.Min(length ?? long.MaxValue, content.Bytes.Length - offset);
        return Task.FromResult<Stream?>(new MemoryStream(content.Bytes, (int)offset, count, writable: false));
    }

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellation)
            : Task.FromResult(_contents.TryRemove((container, name), out _));

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var name in Names(container).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            if (Find(container, name) is { } item) yield return item;
        }
    }

    private ContentItem? Find(string container, string name) =>
        _contents.TryGetValue((container, name), out var content) ? new ContentItem(name, content.At, content.Bytes.Length, content.Version, content.PlainBytes) : null;

    private string NextVersion() => $"v{Interlocked.Increment(ref _version)}";
}
