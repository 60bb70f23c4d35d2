using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CacheFunctions.Content;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Content in memory, for rules and simulation.</summary>
public sealed class MemoryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<(string Container, string Name), byte[]> _contents = new();

    public IEnumerable<string> Names(string container) =>
        _contents.Keys.Where(key => key.Container == container).Select(key => key.Name);

    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        if (length is { } known && copy.Length != known) throw new EndOfStreamException();
        _contents[(container, name)] = copy.ToArray();
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[4096];
        for (int count; (count = await content.ReadAsync(buffer, cancellation)) > 0; progress?.Report(copy.Length)) copy.Write(buffer, 0, count);
        var bytes = copy.ToArray();
        return _contents.GetOrAdd((container, name), bytes).AsSpan().SequenceEqual(bytes);
    }

    public Task<long?> SizeAsync(string container, string name, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? Task.FromCanceled<long?>(cancellation)
            : Task.FromResult(_contents.TryGetValue((container, name), out var bytes) ? bytes.Length : (long?)null);

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<bool>(cancellation);
        if (!_contents.TryGetValue((container, from), out var bytes)) return Task.FromResult(false);
        _contents[(container, to)] = bytes;
        return Task.FromResult(true);
    }

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) => Task.FromResult<PresignedUpload?>(null);

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<Stream?>(cancellation);
        if (!_contents.TryGetValue((container, name), out var bytes)) return Task.FromResult<Stream?>(null);
        var count = (int)Math.Min(length ?? long.MaxValue, bytes.Length - offset);
        return Task.FromResult<Stream?>(new MemoryStream(bytes, (int)offset, count, writable: false));
    }

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellation)
            : Task.FromResult(_contents.TryRemove((container, name), out _));

    public async IAsyncEnumerable<string> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var name in Names(container).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return name;
        }
    }
}
