using System.Runtime.CompilerServices;
using System.Text;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.InMemory;

/// <summary>Rows in memory, for rules and simulation. One lock, so every transaction is atomic and every read current.</summary>
public sealed class MemoryRecordStore : IRecordStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Table, string Partition), SortedDictionary<string, Row>> _partitions = [];
    private long _etag;

    public Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<Row?>(cancellation);
        lock (_lock) return Task.FromResult(Partition(table, partition).GetValueOrDefault(key) is { } row ? Copy(row) : null);
    }

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<Row> rows;
        lock (_lock)
        {
            rows = Partition(table, partition).Values.Where(row => In(range, row.Key)).Take(take ?? int.MaxValue).Select(Copy).ToList();
        }

        foreach (var row in rows)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    public Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled(cancellation);
        // The service's own limits.
        Assert.InRange(changes.Count, 1, 100);
        Assert.InRange(changes.Sum(change => change.Values?.Sum(value => Encoding.UTF8.GetByteCount(value.Value as string ?? "")) ?? 0), 0, 4 << 20);
        Assert.Equal(changes.Count, changes.Select(change => change.Key).Distinct().Count());
        lock (_lock)
        {
            var rows = Partition(table, partition);
            for (var i = 0; i < changes.Count; i++)
                if (!Holds(rows, changes[i])) return Task.FromException(new RowConflictException(i));
            foreach (var change in changes)
            {
                if (change.Kind == RowChangeKind.Delete) rows.Remove(change.Key);
                else rows[change.Key] = new Row(change.Key, change.Values!.Copy(), $"W/\"{++_etag}\"");
            }
        }

        return Task.CompletedTask;
    }

    private static bool Holds(SortedDictionary<string, Row> rows, RowChange change)
    {
        var exists = rows.TryGetValue(change.Key, out var row);
        return change.Kind == RowChangeKind.Insert ? !exists
            : exists && (change.ETag == RowChange.AnyETag || change.ETag == row!.ETag);
    }

    private static bool In(KeyRange range, string key) =>
        string.CompareOrdinal(key, range.Before) < 0
        && string.CompareOrdinal(key, range.From) is var from && (range.FromExcluded ? from > 0 : from >= 0);

    private static Row Copy(Row row) => row with { Values = row.Values.Copy() };

    private SortedDictionary<string, Row> Partition(string table, string partition)
    {
        if (!_partitions.TryGetValue((table, partition), out var rows))
            _partitions[(table, partition)] = rows = new SortedDictionary<string, Row>(StringComparer.Ordinal);
        return rows;
    }
}
