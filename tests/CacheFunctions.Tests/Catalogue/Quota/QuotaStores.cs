using CacheFunctions.Catalogue;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Catalogue.Quota;

/// <summary>Lets somebody else act once, right before an operation of a type is committed that changes a file's row.</summary>
internal sealed class InterferingStore(IRecordStore inner, string type, CachedFileId file, Func<Task> act) : IRecordStore
{
    private int _left = 1;

    public bool HasHappened => _left <= 0;

    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, key, cancellation);

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation) =>
        inner.QueryAsync(table, partition, range, take, cancellation);

    public async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        if (changes.Any(change => change.Values?.Text("type") == type) && changes.Any(change => change.Key == $"f|{file}") && Interlocked.Decrement(ref _left) == 0) await act();
        await inner.CommitAsync(table, partition, changes, cancellation);
    }
}

internal sealed class CountingStore(IRecordStore inner) : IRecordStore
{
    private int _queries;

    public int Queries => _queries;

    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, key, cancellation);

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation)
    {
        // What is logged of a failure looks for the end of its log.
        if (take is null) Interlocked.Increment(ref _queries);
        return inner.QueryAsync(table, partition, range, take, cancellation);
    }

    public Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        inner.CommitAsync(table, partition, changes, cancellation);
}

/// <summary>A store that cannot be written to for a while.</summary>
internal sealed class RefusingContentStore(IContentStore inner, int refusals) : IContentStore
{
    private int _left = refusals;

    public Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation) =>
        Interlocked.Decrement(ref _left) >= 0
            ? throw CacheException.Unavailable("Storage refuses.")
            : inner.WriteAsync(container, name, content, length, cancellation);

    public Task<bool> WriteOnceAsync(string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation) =>
        inner.WriteOnceAsync(container, name, content, progress, cancellation);

    public Task<Stream?> OpenReadAsync(string container, string name, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenReadAsync(container, name, offset, length, cancellation);

    public Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation) => inner.FindAsync(container, name, cancellation);

    public Task<Stream?> OpenVersionAsync(string container, ContentItem item, long offset, long? length, CancellationToken cancellation) =>
        inner.OpenVersionAsync(container, item, offset, length, cancellation);

    public Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation) =>
        inner.CopyAsync(container, from, to, cancellation);

    public Task<PresignedUpload?> PresignUploadAsync(string container, string name, TimeSpan lifetime, CancellationToken cancellation) =>
        inner.PresignUploadAsync(container, name, lifetime, cancellation);

    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation) => inner.DeleteAsync(container, name, cancellation);

    public IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation) =>
        inner.ListAsync(container, prefix, cancellation);
}
