using CacheFunctions.Content;

namespace CacheFunctions.Tests.Sessions;

/// <summary>A store whose transfers wait until a test opens it, and which counts the bytes of large ones.</summary>
public sealed class GatedContentStore(IContentStore inner) : IContentStore
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytesRead;

    /// <summary>Completes when a transfer has come to the gate.</summary>
    public Task Waiting => _waiting.Task;

    /// <summary>Completes when large content was written.</summary>
    public Task Done => _done.Task;

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public long BytesWritten { get; private set; }

    public void Open() => _open.TrySetResult();

    /// <summary>For what comes from now on.</summary>
    public void Close() => (_waiting, _open) = (
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        await inner.WriteAsync(container, name, content, length, cancellation);
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        var written = await inner.WriteOnceAsync(container, name, new Counting(content, count => BytesWritten += count), progress, cancellation);
        _done.TrySetResult();
        return written;
    }

    public async Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        return await inner.OpenReadAsync(container, name, offset, length, cancellation) is { } content
            ? new Counting(content, count => Interlocked.Add(ref _bytesRead, count))
            : null;
    }

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) =>
        inner.FindAsync(container, name, cancellation);

    public async Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        return await inner.OpenVersionAsync(container, item, offset, length, cancellation);
    }

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        inner.CopyAsync(container, from, to, cancellation);

    public Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        inner.PresignUploadAsync(container, name, lifetime, cancellation);

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) =>
        inner.DeleteAsync(container, name, cancellation);

    public IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation) =>
        inner.ListAsync(container, prefix, cancellation);

    private Task PassAsync(CancellationToken cancellation)
    {
        _waiting.TrySetResult();
        return _open.Task.WaitAsync(cancellation);
    }

    private sealed class Counting(Stream inner, Action<int> count) : ForwardOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            count(read);
            return read;
        }
    }
}
