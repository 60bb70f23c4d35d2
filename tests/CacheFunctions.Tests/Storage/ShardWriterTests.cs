using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Storage;

/// <summary>What may share a transaction. The in-memory store refuses one that the service would refuse.</summary>
public sealed class ShardWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Changes_that_meet_share_transactions_within_the_limits_of_the_service(int rowsEach) => SimulatedWorld.Run(1, async world =>
    {
        var table = new RecordTable(new MemoryRecordStore(), "changes", 4, world.Time);
        var text = new string('\u65e5', 20_000);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 150).Select(i =>
        {
            var change = new Change().Log(Told($"{i}"));
            for (var row = 0; row < rowsEach; row++) change.Insert($"row|{i}|{row}", new RowValues { { "text", text } });
            return table.CommitAsync(1, change);
        }));
        Assert.Equal(Enumerable.Range(1, 150).Select(i => (long)i), numbers.Order());
    });

    [Fact]
    public void Changes_of_one_row_follow_one_another() => SimulatedWorld.Run(1, async world =>
    {
        var table = new RecordTable(new MemoryRecordStore(), "changes", 4, world.Time);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await table.CommitAsync(1, new Change().Insert("one", new RowValues { { "by", i } }).Log(Told($"{i}")));
                return true;
            }
            catch (RowConflictException)
            {
                return false;
            }
        }));
        Assert.Single(outcomes, won => won);
        Assert.Equal(1, await table.Log.LastAsync(1, CancellationToken.None));
    });

    [Fact]
    public async Task A_change_that_no_transaction_can_hold_or_that_tells_nothing_is_refused()
    {
        var table = new RecordTable(new MemoryRecordStore(), "changes", 4, TimeProvider.System);
        var tooMany = new Change().Log(Told("x"));
        for (var row = 0; row < 99; row++) tooMany.Insert($"{row}", new RowValues { { "row", row } });
        await Assert.ThrowsAsync<ArgumentException>(() => table.CommitAsync(1, tooMany));
        var tooLong = new Change().Log(Told("x")).Insert("long", new RowValues { { "text", new string('x', 2 << 20) } });
        await Assert.ThrowsAsync<ArgumentException>(() => table.CommitAsync(1, tooLong));
        await Assert.ThrowsAsync<ArgumentException>(() => table.CommitAsync(1, new Change().Insert("a", [])));
    }

    private static Operation Told(string name) => new("changed", name, "/x", "test", null, name);
}
