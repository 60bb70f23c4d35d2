using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Storage;

/// <summary>
/// Several instances with several writers each, on one shard of a store that fails in every way it can, while readers
/// follow the log. Which seeds: see <see cref="Seeds"/>.
/// </summary>
public sealed class RecordTableSimulation
{
    private const int Shard = 3;
    private const int Instances = 3;
    private const int WritersPerInstance = 4;
    private const int ChangesPerWriter = 6;
    private const int DefaultSeeds = 300;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.03)]
    [InlineData(0.15)]
    public void The_log_is_dense_and_every_acknowledged_change_stands_exactly_once(double faults)
    {
        foreach (var seed in Seeds.Of(DefaultSeeds)) Run(seed, faults);
    }

    /// <param name="trace">Told of every step, then of the log; null: nobody compares.</param>
    internal static void Run(int seed, double faults, Action<string>? trace = null) =>
        SimulatedWorld.Run(seed, world => RunAsync(world, faults), trace);

    private static async Task RunAsync(SimulatedWorld world, double faults)
    {
        var memory = new MemoryRecordStore();
        var faulty = new FaultyRecordStore(memory, new FaultyLink(world, new Faults(faults)));
        var acknowledged = new Dictionary<string, long>();
        var refused = new HashSet<string>();
        var writing = true;

        var writers = Enumerable.Range(0, Instances).SelectMany(instance =>
        {
            var table = new RecordTable(faulty, "t", 8, world.Time, world.Ids);
            return Enumerable.Range(0, WritersPerInstance).Select(writer => WriteAsync(table, $"{instance}.{writer}"));
        }).ToList();
        var reader = ReadAsync();
        await Task.WhenAll(writers);
        writing = false;
        var seen = await reader;

        var log = new OperationLog(memory, "t");
        // What is still under way lands or fails before the log is judged.
        await Task.Delay(TimeSpan.FromMinutes(5), world.Time);
        var all = new List<LoggedOperation>();
        await foreach (var operation in log.FollowAsync(Shard, 0, CancellationToken.None)) all.Add(operation);
        foreach (var operation in all) world.Trace?.Invoke(operation.ToString());

        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(operation => operation.Sequence));
        Assert.Equal(seen, all.Take(seen.Count).Select(operation => operation.Id));
        var byName = all.GroupBy(operation => operation.Operation.Reason).ToDictionary(group => group.Key, group => group.ToList());
        Assert.All(byName, entry => Assert.Single(entry.Value));
        Assert.All(acknowledged, entry => Assert.Equal(entry.Value, byName.First(each => each.Key == entry.Key || each.Key.StartsWith(entry.Key + "/", StringComparison.Ordinal)).Value[0].Sequence));
        Assert.All(refused, attempt => Assert.DoesNotContain(attempt, byName.Keys));

        var counter = await memory.GetAsync("t", CacheFunctions.Storage.Shard.Partition(Shard), "counter", CancellationToken.None);
        Assert.Equal(
            all.Count(operation => operation.Operation.Reason.Contains('/', StringComparison.Ordinal)),
            counter?.Values.RequiredNumber("value") ?? 0);
        var newest = new List<long>();
        await foreach (var operation in log.NewestAsync(Shard, null, null, CancellationToken.None)) newest.Add(operation.Sequence);
        Assert.Equal(all.Select(operation => operation.Sequence).Reverse(), newest);

        async Task WriteAsync(RecordTable table, string writer)
        {
            for (var i = 0; i < ChangesPerWriter; i++)
            {
                var name = $"{writer}.{i}";
                try
                {
                    // A blind change has nothing but its number to keep it from standing twice.
                    acknowledged[name] = world.Random.Next(3) == 0
                        ? await table.CommitAsync(Shard, new Change().Log(Told(writer, name)))
                        : await IncrementAsync(table, name, writer, refused);
                }
                catch (CacheException error) when (error.Code == ErrorCode.Unavailable)
                {
                    // It may stand or not; it may just not stand twice.
                }
            }
        }

        async Task<List<string>> ReadAsync()
        {
            var follower = new OperationLog(faulty, "t");
            var ids = new List<string>();
            long last = 0;
            while (writing)
            {
                try
                {
                    await foreach (var operation in follower.FollowAsync(Shard, last, CancellationToken.None))
                    {
                        ids.Add(operation.Id);
                        last = operation.Sequence;
                    }
                }
                catch (CacheException)
                {
                    // Goes on from where it was.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), world.Time);
            }

            return ids;
        }
    }

    /// <summary>Adds one to a counter that all share: the sum shows any lost or doubled change.</summary>
    private static async Task<long> IncrementAsync(RecordTable table, string name, string writer, HashSet<string> refused)
    {
        for (var attempt = 1; ; attempt++)
        {
            var counter = await table.GetAsync(Shard, "counter", CancellationToken.None);
            var value = (counter?.Values.RequiredNumber("value") ?? 0) + 1;
            var change = new Change()
                .Put("counter", counter, new RowValues { { "value", value } })
                .Log(Told(writer, $"{name}/{attempt}"));
            try
            {
                return await table.CommitAsync(Shard, change);
            }
            catch (RowConflictException)
            {
                refused.Add($"{name}/{attempt}");
            }
        }
    }

    private static Operation Told(string writer, string name) => new("changed", writer, "/counter", "test", null, name);
}
