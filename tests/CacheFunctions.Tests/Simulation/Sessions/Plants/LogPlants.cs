using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>The log is ordered by the writer's clock, and not by numbers that follow one another.</summary>
internal sealed class LogByClock(IRecordStore inner, TimeProvider clock) : PassingRecordStore(inner)
{
    public override Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().UtcTicks;
        return base.CommitAsync(
            table,
            partition,
            [.. changes.Select((change, index) => Renumbering.IsLog(change) ? change with { Key = OperationRow.Key(now + index) } : change)],
            cancellation);
    }
}

/// <summary>After a lost reply the commit is made again under the next numbers, whether it stands already or not.</summary>
internal sealed class RepeatsUnderNewNumbers(IRecordStore inner) : PassingRecordStore(inner)
{
    public override async Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        try
        {
            await base.CommitAsync(table, partition, changes, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Unavailable)
        {
            var last = await new OperationLog(Inner, table).LastAsync(int.Parse(partition, System.Globalization.CultureInfo.InvariantCulture), cancellation);
            var again = new List<RowChange>();
            foreach (var change in Renumbering.From(changes, last + 1))
            {
                // Written as it is, whatever stands there now.
                var now = Renumbering.IsLog(change) ? null : await Inner.GetAsync(table, partition, change.Key, cancellation);
                if (change.Kind == RowChangeKind.Delete && now is null) continue;
                again.Add(change.Kind == RowChangeKind.Delete ? RowChange.Delete(now!)
                    : now is null ? RowChange.Insert(change.Key, change.Values!)
                    : RowChange.Replace(now, change.Values!));
            }

            await base.CommitAsync(table, partition, again, cancellation);
        }
    }
}

internal static class Renumbering
{
    public static bool IsLog(RowChange change) => change.Key.StartsWith("o|", StringComparison.Ordinal);

    /// <summary>The same changes with their operations numbered from <paramref name="first"/>; the history keeps its old numbers.</summary>
    public static IEnumerable<RowChange> From(IReadOnlyList<RowChange> changes, long first) =>
        changes.Select(change => IsLog(change) ? change with { Key = OperationRow.Key(first++) } : change);
}
