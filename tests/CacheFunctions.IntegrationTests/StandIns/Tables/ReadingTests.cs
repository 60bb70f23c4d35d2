using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class ReadingTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task Getting_an_absent_row_fails_but_asking_for_it_does_not()
    {
        var table = await account.NewTableAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync<TableEntity>("p", "r"));
        var asked = await table.GetEntityIfExistsAsync<TableEntity>("p", "r");

        Assert.Equal((404, "ResourceNotFound"), (refusal.Status, refusal.ErrorCode));
        Assert.False(asked.HasValue);
        Assert.Equal(404, asked.GetRawResponse().Status);
        Assert.Throws<InvalidOperationException>(() => asked.Value);
    }

    [Fact]
    public async Task Asking_for_a_row_that_is_there_gives_it()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });

        Assert.Equal(1, (await table.GetEntityIfExistsAsync<TableEntity>("p", "r")).Value!.GetInt32("A"));
    }

    [Fact]
    public async Task Select_leaves_out_what_it_does_not_name()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2L });

        var got = (await table.GetEntityAsync<TableEntity>("p", "r", ["B"])).Value;
        var queried = (await table.QueryAsync<TableEntity>(select: ["B", "RowKey"]).ToListAsync()).Single();

        Assert.Equal((null, 2L), (got["A"], got.GetInt64("B")));
        Assert.Equal((null, 2L, "r"), (queried["A"], queried.GetInt64("B"), queried.RowKey));
    }

    [Fact]
    public async Task A_query_goes_on_past_a_thousand_rows_in_key_order()
    {
        var table = await account.NewTableAsync();
        await FillAsync(table, 1_050);

        var pages = await table.QueryAsync<TableEntity>("PartitionKey eq 'p'").AsPages().ToListAsync();

        Assert.Equal([1_000, 50], pages.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 1_050), pages.SelectMany(page => page.Values).Select(row => row.GetInt32("N")!.Value));
        Assert.Null(pages[^1].ContinuationToken);
        Assert.Equal(200, pages[0].GetRawResponse().Status);
    }

    [Fact]
    public async Task A_query_resumes_from_its_continuation_token()
    {
        var table = await account.NewTableAsync();
        await FillAsync(table, 7);
        var first = await table.QueryAsync<TableEntity>(maxPerPage: 3).AsPages().FirstAsync();

        var rest = await table.QueryAsync<TableEntity>().AsPages(first.ContinuationToken, 2).ToListAsync();

        Assert.Equal([0, 1, 2], first.Values.Select(row => row.GetInt32("N")));
        Assert.Equal([2, 2], rest.Select(page => page.Values.Count));
        Assert.Equal([3, 4, 5, 6], rest.SelectMany(page => page.Values).Select(row => row.GetInt32("N")));
    }

    [Fact]
    public async Task A_filter_on_each_type_finds_its_row()
    {
        var table = await account.NewTableAsync();
        var guid = Guid.NewGuid();
        var instant = new DateTimeOffset(2024, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        await table.AddEntityAsync(new TableEntity("p", "r")
        {
            ["S"] = "it's",
            ["I"] = 1,
            ["L"] = 5_000_000_000L,
            ["D"] = 0.5,
            ["B"] = true,
            ["G"] = guid,
            ["T"] = instant,
        });
        await table.AddEntityAsync(new TableEntity("p", "other"));
        var filter = TableClient.CreateQueryFilter(
            $"S eq {"it's"} and I eq {1} and L eq {5_000_000_000L} and D eq {0.5} and B eq {true} and G eq {guid} and T eq {instant}");

        Assert.Equal("r", (await table.QueryAsync<TableEntity>(filter).ToListAsync()).Single().RowKey);
    }

    [Fact]
    public async Task A_malformed_filter_is_refused()
    {
        var table = await account.NewTableAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            async () => await table.QueryAsync<TableEntity>("PartitionKey eq").ToListAsync());

        Assert.Equal(400, refusal.Status);
    }

    private static async Task FillAsync(TableClient table, int rows)
    {
        foreach (var chunk in Enumerable.Range(0, rows).Chunk(100))
        {
            await table.SubmitTransactionAsync(chunk.Select(n => new TableTransactionAction(
                TableTransactionActionType.Add,
                new TableEntity("p", n.ToString("D6", CultureInfo.InvariantCulture)) { ["N"] = n })));
        }
    }
}
