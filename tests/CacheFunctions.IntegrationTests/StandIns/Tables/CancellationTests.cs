using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class CancellationTests(TableAccount account) : IClassFixture<TableAccount>
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    public static TheoryData<string> Operations => [.. All.Keys];

    private static Dictionary<string, Func<TableClient, Task>> All => new()
    {
        ["create"] = table => table.CreateAsync(Cancelled),
        ["create if absent"] = table => table.CreateIfNotExistsAsync(Cancelled),
        ["drop"] = table => table.DeleteAsync(Cancelled),
        ["add"] = table => table.AddEntityAsync(new TableEntity("p", "r"), Cancelled),
        ["update"] = table => table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All, cancellationToken: Cancelled),
        ["upsert"] = table => table.UpsertEntityAsync(new TableEntity("p", "r"), cancellationToken: Cancelled),
        ["delete"] = table => table.DeleteEntityAsync("p", "r", cancellationToken: Cancelled),
        ["get"] = table => table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled),
        ["get if there"] = table => table.GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: Cancelled),
        ["query"] = async table => await table.QueryAsync<TableEntity>(cancellationToken: Cancelled).ToListAsync(),
        ["loop"] = async table => await table.QueryAsync<TableEntity>().ToListAsync(Cancelled),
        ["transaction"] = table => table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new TableEntity("p", "r"))], Cancelled),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_cancelled_operation_stops(string operation)
    {
        var table = await account.NewTableAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => All[operation](table));
    }

    [Fact]
    public async Task Cancelling_between_pages_stops_the_query()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "1"));
        await table.AddEntityAsync(new TableEntity("p", "2"));
        using var cancel = new CancellationTokenSource();
        var seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in table.QueryAsync<TableEntity>(maxPerPage: 1, cancellationToken: cancel.Token))
            {
                seen++;
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(1, seen);
    }
}
