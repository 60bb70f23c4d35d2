using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>
/// A lost reply counts as a failure: whoever saved then deletes its content, though the transaction that names it may
/// have been made.
/// </summary>
internal sealed class LostRepliesAsFailures(IRecordStore inner) : PassingRecordStore(inner)
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
            throw new CacheException(ErrorCode.Conflict, "Nothing was changed.", null, error);
        }
    }
}

/// <summary>Not a transaction: the first half may stand alone when a call fails.</summary>
internal sealed class HalfCommits(IRecordStore inner, SimulatedWorld world) : PassingRecordStore(inner)
{
    public override async Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        if (changes.Count > 1 && world.Random.Next(100) == 0)
        {
            await base.CommitAsync(table, partition, [.. changes.Take(changes.Count / 2)], cancellation);
            throw CacheException.Unavailable("Storage did not answer.");
        }

        await base.CommitAsync(table, partition, changes, cancellation);
    }
}

/// <summary>The marker by which the timer finds unsynced work is not written with it.</summary>
internal sealed class LostMarkers(IRecordStore inner, SimulatedWorld world) : PassingRecordStore(inner)
{
    public override Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
        base.CommitAsync(table, partition, world.Random.Next(50) > 0 ? changes : [.. changes.Where(change => !IsMarker(change))], cancellation);

    private static bool IsMarker(RowChange change) =>
        change.Kind == RowChangeKind.Insert && change.Key.StartsWith("d|", StringComparison.Ordinal);
}
