using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>The fence is checked when the lock is read, but not in the transaction that it guards.</summary>
internal sealed class FenceCheckedOutside(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        base.CommitAsync(
            table,
            partition,
            [.. changes.Select(change => IsLock(change) && change.Kind == RowChangeKind.Replace ? change with { ETag = RowChange.AnyETag } : change)],
            cancellation);
}

/// <summary>A lock's row is deleted when nobody holds it any more, and its fence with it.</summary>
internal sealed class ForgottenFences(IRecordStore inner) : PassingRecordStore(inner)
{
    public override Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        base.CommitAsync(
            table,
            partition,
            [.. changes.Select(change => IsFree(change) ? new RowChange(RowChangeKind.Delete, change.Key, null, change.ETag) : change)],
            cancellation);

    private static bool IsFree(RowChange change) =>
        IsLock(change) && change.Kind == RowChangeKind.Replace
        && SessionRows.Lock(new Row(change.Key, change.Values!, "")) is { Holder: null, Intent: null };
}
