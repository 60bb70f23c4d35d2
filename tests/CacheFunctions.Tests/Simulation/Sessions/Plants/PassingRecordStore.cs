using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>Passes everything on; a planted bug overrides one thing.</summary>
internal abstract class PassingRecordStore(IRecordStore inner) : IRecordStore
{
    protected IRecordStore Inner => inner;

    public virtual Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, key, cancellation);

    public virtual IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, CancellationToken cancellation) =>
        inner.QueryAsync(table, partition, range, take, cancellation);

    public virtual Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        inner.CommitAsync(table, partition, changes, cancellation);

    protected static bool IsLock(RowChange change) => change.Key.StartsWith("l|", StringComparison.Ordinal);
}
