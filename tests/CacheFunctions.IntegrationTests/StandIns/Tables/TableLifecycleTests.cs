using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class TableLifecycleTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task Creating_a_table_that_exists_fails_unless_that_is_allowed()
    {
        var table = account.Service.GetTableClient("twice");

        Assert.Equal("twice", (await table.CreateAsync()).Value.Name);
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.CreateAsync());
        var again = await table.CreateIfNotExistsAsync();

        Assert.Equal((409, "TableAlreadyExists"), (refusal.Status, refusal.ErrorCode));
        Assert.Equal(("twice", 409), (again.Value.Name, again.GetRawResponse().Status));
    }

    [Fact]
    public async Task The_account_makes_and_drops_tables()
    {
        Assert.Equal(204, (await account.Service.CreateTableIfNotExistsAsync("dropped")).GetRawResponse().Status);
        Assert.Equal(409, (await account.Service.CreateTableIfNotExistsAsync("dropped")).GetRawResponse().Status);
        await Assert.ThrowsAsync<RequestFailedException>(() => account.Service.CreateTableAsync("dropped"));

        Assert.Equal(204, (await account.Service.DeleteTableAsync("dropped")).Status);
        Assert.Equal(404, (await account.Service.DeleteTableAsync("dropped")).Status);
        Assert.Equal(404, (await account.Service.GetTableClient("dropped").DeleteAsync()).Status);
    }

    [Fact]
    public async Task Tables_are_listed_page_by_page_and_filtered()
    {
        foreach (var name in new[] { "listed1", "listed2", "listed3" })
            await account.Service.CreateTableAsync(name);

        var pages = await account.Service.QueryAsync("TableName ge 'listed' and TableName lt 'listee'", 2).AsPages().ToListAsync();
        FormattableString one = $"TableName eq {"listed2"}";
        var found = await account.Service.QueryAsync(one).ToListAsync();

        Assert.Equal(["listed1", "listed2", "listed3"], pages.SelectMany(page => page.Values).Select(table => table.Name));
        Assert.Equal([2, 1], pages.Select(page => page.Values.Count));
        Assert.Equal("listed2", found.Single().Name);
    }

    [Fact]
    public async Task A_row_of_a_table_that_is_not_there_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => account.Service.GetTableClient("absent").AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal((404, "TableNotFound"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_table_that_is_being_deleted_does_not_count_as_existing()
    {
        const string Body = "{\"odata.error\":{\"code\":\"TableBeingDeleted\",\"message\":{\"lang\":\"en-US\",\"value\":\"Try later.\"}}}";

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => Clients.Table(new CannedTransport(new CannedResponse(409, Body))).CreateIfNotExistsAsync());

        Assert.Equal((409, "TableBeingDeleted"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Clients_know_their_names()
    {
        var table = await account.NewTableAsync();

        Assert.Equal(account.Service.AccountName, table.AccountName);
        Assert.Equal($"{account.Service.Uri}/{table.Name}", table.Uri.ToString());
    }
}
