using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Storage;

/// <summary>Many callers of one instance that change one row at once.</summary>
public sealed class ContendedRowTests
{
    private const int Callers = 16;
    private const int Changes = 100;

    [Fact]
    public async Task Each_gets_its_turn()
    {
        var table = new RecordTable(new YieldingStore(new MemoryRecordStore()), "t", 1, TimeProvider.System);
        await table.CommitAsync(0, Change(new Change().Insert("row", new RowValues { { "count", 0L } })));
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Changes; i++) await table.UpdateAsync(0, AddOneAsync, default);
        })));
        Assert.Equal(Callers * Changes, (await table.GetAsync(0, "row", default))!.Values.RequiredNumber("count"));

        async Task<Decision<bool>> AddOneAsync(CancellationToken cancellation)
        {
            var row = (await table.GetAsync(0, "row", cancellation))!;
            return new(Change(new Change().Replace(row, new RowValues { { "count", row.Values.RequiredNumber("count") + 1 } })), true);
        }
    }

    private static Change Change(Change change) => change.Log(new Operation("changed", "row", "/row", "user", null, "test"));

    /// <summary>As a store that is reached over a network: every call lets others go on.</summary>
    private sealed class YieldingStore(MemoryRecordStore inner) : IRecordStore
    {
        public async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
        {
            await Task.Yield();
            var row = await inner.GetAsync(table, partition, key, cancellation);
            await Task.Yield();
            return row;
        }

        public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation) =>
            inner.QueryAsync(table, partition, range, take, cancellation);

        public async Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
        {
            await Task.Yield();
            await inner.CommitAsync(table, partition, changes, cancellation);
            await Task.Yield();
        }
    }
}
