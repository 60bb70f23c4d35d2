using System.Collections.Concurrent;
using CacheFunctions.Storage;

namespace CacheFunctions.Events.Relay;

/// <summary>Which logs have grown by commits of this instance, and up to where, since somebody last took this. Safe for concurrent use.</summary>
internal sealed class GrownLogs
{
    private readonly ConcurrentDictionary<(RecordTable Table, int Shard), long> _ends = new();
    private readonly Signal _signal = new();

    /// <summary>Done once there is something to take.</summary>
    public Task Any
    {
        get
        {
            var next = _signal.Next;
            return _ends.IsEmpty ? next : Task.CompletedTask;
        }
    }

    public void Watch(RecordTable table) =>
        table.Committed += (shard, first, change) => Add(table, shard, first + change.Operations.Count - 1);

    public void Add(RecordTable table, int shard, long end)
    {
        _ends.AddOrUpdate((table, shard), end, (_, known) => Math.Max(known, end));
        _signal.Tell();
    }

    public Dictionary<RecordTable, List<(int Shard, long End)>> Take()
    {
        var taken = new Dictionary<RecordTable, List<(int, long)>>();
        foreach (var key in _ends.Keys)
        {
            if (!_ends.TryRemove(key, out var end)) continue;
            if (!taken.TryGetValue(key.Table, out var shards)) taken[key.Table] = shards = [];
            shards.Add((key.Shard, end));
        }

        return taken;
    }
}
