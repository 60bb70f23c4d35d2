using System.Runtime.CompilerServices;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Simulation;

/// <summary>A record store as one instance reaches it.</summary>
internal sealed class FaultyRecordStore(IRecordStore inner, Link link) : IRecordStore
{
    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation) =>
        link.ReadAsync(() => inner.GetAsync(table, partition, key, cancellation));

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await link.ReadAsync(() => true);
        await foreach (var row in inner.QueryAsync(table, partition, range, take, cancellation)) yield return row;
    }

    public Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        link.WriteAsync(
            async () =>
            {
                await inner.CommitAsync(table, partition, changes, cancellation);
                return true;
            },
            maybeTwice: true);
}
