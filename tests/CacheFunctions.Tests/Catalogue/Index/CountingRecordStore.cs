using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Catalogue.Index;

/// <summary>Counts calls, and loses the replies of some.</summary>
internal sealed class CountingRecordStore(IRecordStore inner) : IRecordStore
{
    private int _queries;
    private int _others;

    public int Queries => _queries;

    public int Others => _others;

    /// <summary>How many of the next transactions take effect without a reply.</summary>
    public int LostReplies { get; set; }

    public Action? BeforeCommit { get; set; }

    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _others);
        return inner.GetAsync(table, partition, key, cancellation);
    }

    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _queries);
        return inner.QueryAsync(table, partition, range, take, cancellation);
    }

    public async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _others);
        BeforeCommit?.Invoke();
        await inner.CommitAsync(table, partition, changes, cancellation);
        if (LostReplies-- > 0) throw CacheException.Unavailable("The reply was lost.");
    }
}
