using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Operations;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class ShardIndexTests
{
    private readonly RandomFiles _random = new(71);

    [Fact]
    public void Operations_in_any_order_end_in_the_state_that_the_last_one_tells()
    {
        for (var run = 0; run < 300; run++)
        {
            using var index = new ShardIndex(0, new UserSets());
            index.Publish(new LoadedShard(new ShardColumns(), 0, 0));
            var log = Enumerable.Range(1, 30).Select(number => Logged(number, _random.Changed(_random.File(run * 10 + _random.Random.Next(3))))).ToList();
            // Some of them are this instance's own, told in whatever order, while the tail comes in its own.
            var own = new Queue<LoggedOperation>(log.Where(_ => _random.Random.Next(2) == 0).OrderBy(_ => _random.Random.Next()));
            foreach (var operation in log)
            {
                while (own.Count > 0 && _random.Random.Next(2) == 0) Apply(index, own.Dequeue());
                index.Follow(operation);
            }

            foreach (var operation in own) Apply(index, operation);
            Assert.Equal(30, index.Known);
            foreach (var last in log.GroupBy(operation => operation.Operation.Entity).Select(group => CatalogueEntry.Read(group.Last().Operation.State!)))
            {
                index.Read(columns =>
                {
                    var row = columns.Find(last.Id.Value);
                    Assert.Equal(!last.Removed, row >= 0);
                    if (row >= 0) Assert.Equal((last.SizeBytes, last.CachedAt.UtcTicks), (columns.Sizes[row], columns.CachedAt[row]));
                });
            }
        }
    }

    [Fact]
    public void Own_operations_during_a_load_are_not_lost()
    {
        using var index = new ShardIndex(0, new UserSets());
        var file = _random.File(1);
        Apply(index, Logged(1, file));
        Assert.False(index.Read(_ => { }));
        index.BeginLoad();
        Apply(index, Logged(2, file with { SizeBytes = 2 }));
        var columns = new ShardColumns();
        columns.Put(file with { SizeBytes = 1 }, UserSets.Nobody);
        index.Publish(new LoadedShard(columns, 1, 0));
        Assert.Equal(2, index.Known);
        index.Read(read => Assert.Equal(2, read.Sizes[read.Find(file.Id.Value)]));
    }

    private static void Apply(ShardIndex index, LoggedOperation operation) => index.Apply(operation.Sequence, operation.Operation);

    private LoggedOperation Logged(long number, CatalogueEntry entry)
    {
        var state = (entry with { Removed = _random.Random.Next(5) == 0 && number > 2 }).Write();
        return new LoggedOperation("catalogue", 0, number, default, new Operation("file_cached", entry.Id.ToString(), entry.FilePath, "user", null, "", State: state));
    }
}
