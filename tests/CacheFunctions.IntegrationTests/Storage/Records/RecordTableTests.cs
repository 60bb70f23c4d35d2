using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Records;

namespace CacheFunctions.IntegrationTests.Storage.Records;

/// <summary>The log on the real protocol: writers of several instances at once.</summary>
public sealed class RecordTableTests
{
    private const int Shard = 5;

    [Fact]
    public async Task Writers_of_several_instances_give_one_dense_log_in_which_nothing_is_missing_or_twice()
    {
        var connection = await StorageEmulator.NewAccountAsync();
        var instances = Enumerable.Range(0, 3).Select(_ => Table(connection, new StorageTransactions())).ToList();
        var written = await Task.WhenAll(Enumerable.Range(0, 24).Select(async writer =>
        {
            var table = instances[writer % 3];
            var numbers = new List<(string Name, long Number)>();
            for (var i = 0; i < 10; i++)
            {
                var name = $"{writer}.{i}";
                var change = new Change().Insert($"row|{name}", new RowValues { { "writer", writer } }).Log(Told(name));
                numbers.Add((name, await table.CommitAsync(Shard, change)));
            }

            return numbers;
        }));

        var log = new OperationLog(Store(connection, new StorageTransactions()), "changes");
        var all = new List<LoggedOperation>();
        await foreach (var operation in log.FollowAsync(Shard, 0, CancellationToken.None)) all.Add(operation);
        Assert.Equal(Enumerable.Range(1, 240).Select(i => (long)i), all.Select(operation => operation.Sequence));
        Assert.Equal(
            written.SelectMany(each => each).OrderBy(each => each.Number).Select(each => each.Name),
            all.Select(operation => operation.Operation.Reason));

        var rest = new List<long>();
        await foreach (var operation in log.FollowAsync(Shard, 200, CancellationToken.None)) rest.Add(operation.Sequence);
        Assert.Equal(Enumerable.Range(201, 40).Select(i => (long)i), rest);
        Assert.Equal(240, await log.LastAsync(Shard, CancellationToken.None));
    }

    [Fact]
    public async Task Writers_of_one_instance_that_meet_share_a_transaction()
    {
        var transactions = new StorageTransactions();
        var table = Table(await StorageEmulator.NewAccountAsync(), transactions);
        await table.CommitAsync(Shard, new Change().Log(Told("first")));

        var before = transactions.Total;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => table.CommitAsync(
            Shard, new Change().Insert($"row|{i}", new RowValues { { "i", i } }).Log(Told($"{i}")))));
        var counts = transactions.Total.Since(before);
        // The first goes alone; the others wait for it and fit 33 to a transaction of 100 rows.
        Assert.InRange(counts[StorageCall.TableWrite], 4, 6);
        Assert.Equal(counts.Tables, counts[StorageCall.TableWrite]);
    }

    private static RecordTable Table(string connection, StorageTransactions transactions) =>
        new(Store(connection, transactions), "changes", 64, TimeProvider.System);

    private static TableRecordStore Store(string connection, StorageTransactions transactions) =>
        new(new StorageAccount(new StorageSettings(connection), transactions));

    private static Operation Told(string name) => new("changed", name, "/x", "test", null, name);
}
