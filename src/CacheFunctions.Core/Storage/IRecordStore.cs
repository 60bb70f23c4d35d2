namespace CacheFunctions.Storage;

/// <summary>
/// Rows in tables, split into partitions. A read sees every transaction that was acknowledged before it, on any
/// instance. Failures to reach the store are <see cref="Errors.CacheException"/> with code Unavailable.
/// </summary>
public interface IRecordStore
{
    /// <returns>null: there is no such row.</returns>
    Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation);

    /// <summary>The rows of a range in ordinal key order, read page by page; not a snapshot across pages.</summary>
    /// <param name="take">How many rows at the most; null: all.</param>
    IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, CancellationToken cancellation);

    /// <summary>
    /// Makes all changes or none. At most 100 changes, each key once, 4 MiB.
    /// Unavailable leaves it open whether they were made.
    /// </summary>
    /// <exception cref="RowConflictException">A row was not as its change demands; nothing was changed.</exception>
    Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation);
}
