using System.Runtime.CompilerServices;
using CacheFunctions.Storage;

namespace CacheFunctions.Benchmarks.Catalogue;

/// <summary>No rows: the logs tell of nothing after the snapshots.</summary>
internal sealed class EmptyRecordStore : IRecordStore
{
    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) => Task.FromResult<Row?>(null);

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) => Task.CompletedTask;
}
