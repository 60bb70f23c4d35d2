using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Simulation.Sessions.Plants;

/// <summary>Some reads are answered by a replica that lags behind.</summary>
internal sealed class LaggingReplica(IRecordStore inner, SimulatedWorld world) : PassingRecordStore(inner)
{
    private readonly Dictionary<(string Table, string Partition, string Key), Row> _seen = [];

    public override async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        if (_seen.TryGetValue((table, partition, key), out var seen) && world.Random.Next(4) == 0) return seen;
        var row = await base.GetAsync(table, partition, key, cancellation);
        if (row is not null) _seen[(table, partition, key)] = row;
        return row;
    }
}
