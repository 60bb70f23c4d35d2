using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Events;
using CacheFunctions.Events.Relay;
using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Events;

/// <summary>Two logs, and what a sink was told of them.</summary>
internal sealed class RelayWorld
{
    public const int Shards = 4;

    public MemoryRecordStore Records { get; } = new();

    public List<ServiceEvent> Received { get; } = [];

    /// <summary>Everything of the logs was received, in the order of each shard, and the statistics after the last change.</summary>
    public async Task AssertAllToldAsync()
    {
        var (firsts, seen) = (new List<ServiceEvent>(), new Dictionary<string, ServiceEvent>());
        foreach (var told in Received)
        {
            if (seen.TryAdd(told.Id, told)) firsts.Add(told);
            else if (!told.Type.EndsWith("statistics_updated", StringComparison.Ordinal)) Assert.Equal(Text(seen[told.Id]), Text(told));
        }

        foreach (var table in new[] { "catalogue", "edits" })
        {
            var log = new OperationLog(Records, table);
            for (var shard = 0; shard < Shards; shard++)
            {
                var expected = new List<string>();
                await foreach (var operation in log.FollowAsync(shard, 0, default))
                    if (PublishedOperations.Of(operation) is { } told) expected.Add(Text(told));
                Assert.Equal(expected, firsts.Where(told => told.Id.StartsWith($"{table}-{shard:x2}-", StringComparison.Ordinal)).Select(Text));
            }
        }

        var last = firsts.FindLastIndex(told => told.Type == "cache_file_added");
        if (last >= 0) Assert.True(Received.FindLastIndex(told => told.Type == "cache_statistics_updated") > Received.IndexOf(firsts[last]), "No statistics came after the last change.");
    }

    private static string Text(ServiceEvent told) => $"{told.Id} {told.Type} {told.Time:O} {System.Text.Encoding.UTF8.GetString(told.Data.Span)}";
}

/// <summary>One instance that commits and publishes.</summary>
internal sealed class RelayInstance
{
    private readonly RecordTable _catalogue;
    private readonly RecordTable _edits;

    public RelayInstance(IRecordStore records, IEventSink? sink, TimeProvider time, CacheFunctions.Security.RandomIds? ids = null)
    {
        _catalogue = new RecordTable(records, "catalogue", RelayWorld.Shards, time, ids);
        _edits = new RecordTable(records, "edits", RelayWorld.Shards, time, ids);
        Relay = new EventRelay(records, _catalogue, [_edits], (_, _) => Task.FromResult(Statistics), time, sink);
    }

    private static FileStatistics Statistics { get; } = new(
        default,
        Enum.GetValues<FileStatus>().ToDictionary(status => status, _ => default(Tally)),
        0,
        null,
        new Dictionary<CacheTrigger, Tally>(),
        [],
        [],
        []);

    public EventRelay Relay { get; }

    public Task CacheAsync(int shard, string path)
    {
        var entry = new CatalogueEntry(
            CachedFileId.Of(path), path, "/cache/" + path, CacheMethod.AtomicCopy, 1, default, null, 0, CacheTrigger.Manual, null, ["u"], FileStatus.Active, false);
        return _catalogue.CommitAsync(shard, new Change().Log(new Operation("file_cached", entry.Id.ToString(), path, "user", "u", "test", State: entry.Write())));
    }

    public Task SaveAsync(int shard, string path) =>
        _edits.CommitAsync(shard, new Change().Log(new Operation("session_saved", "s", path, "user", "u", "test", Metadata: "{\"version\":2}")));

    /// <summary>Housekeeping, of which nobody is told.</summary>
    public Task TouchAsync(int shard) => _edits.CommitAsync(shard, new Change().Log(new Operation("session_accessed", "s", "a", "user", "u", "test")));
}

internal sealed class MemorySink(RelayWorld world) : IEventSink
{
    /// <summary>How many of the next batches are refused.</summary>
    public int Refusals { get; set; }

    public List<int> Batches { get; } = [];

    public Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation)
    {
        if (Refusals-- > 0) throw CacheException.Unavailable("The topic is down.");
        Batches.Add(events.Count);
        world.Received.AddRange(events);
        return Task.CompletedTask;
    }
}

internal sealed class MortalSink(IEventSink inner, Death death) : IEventSink
{
    public Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation) =>
        death.AroundAsync(() => inner.PublishAsync(events, cancellation));
}

internal sealed class FaultySink(IEventSink inner, FaultyLink link) : IEventSink
{
    public Task PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellation)
    {
        // As it is at this moment: what comes late must not be what its sender made of it since.
        var sent = events.ToList();
        return link.WriteAsync(
            async () =>
            {
                await inner.PublishAsync(sent, cancellation);
                return true;
            },
            maybeTwice: true);
    }
}
