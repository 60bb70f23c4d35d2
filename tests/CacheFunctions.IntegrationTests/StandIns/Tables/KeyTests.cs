using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class KeyTests(TableAccount account) : IClassFixture<TableAccount>
{
    public static TheoryData<string, string> Keys => new()
    {
        { "plain", "row" },
        { "", "" },
        { "with space", " leading and trailing " },
        { "it's", "''" },
        { "100%", "%27%2F" },
        { "a|b", "o|00000001" },
        { "a+b", "a&b=c" },
        { "ünï", "漢字😀" },
        { "(x)", "RowKey='y'" },
        { "..", "." },
        { "a,b;c:d@e!f*g~h$i", "[]{}<>^`\"" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_row_is_found_changed_and_deleted_by_its_keys(string partitionKey, string rowKey)
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity(partitionKey, rowKey) { ["Value"] = 1 });

        var read = (await table.GetEntityAsync<TableEntity>(partitionKey, rowKey)).Value;
        Assert.Equal((partitionKey, rowKey), (read.PartitionKey, read.RowKey));

        await table.UpdateEntityAsync(new TableEntity(partitionKey, rowKey) { ["Value"] = 2 }, read.ETag);
        await table.SubmitTransactionAsync(
            [new(TableTransactionActionType.UpsertMerge, new TableEntity(partitionKey, rowKey) { ["Value"] = 3 })]);
        Assert.Equal(3, (await table.GetEntityAsync<TableEntity>(partitionKey, rowKey)).Value.GetInt32("Value"));

        var deleted = await table.DeleteEntityAsync(partitionKey, rowKey);
        Assert.Equal(204, deleted.Status);
        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey)).HasValue);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_filter_finds_a_row_by_its_keys(string partitionKey, string rowKey)
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity(partitionKey, rowKey));
        await table.AddEntityAsync(new TableEntity("other", "other"));
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey eq {rowKey}");

        var found = await table.QueryAsync<TableEntity>(filter).ToListAsync();

        Assert.Equal([(partitionKey, rowKey)], found.Select(row => (row.PartitionKey, row.RowKey)));
    }

    [Fact]
    public async Task A_missing_key_is_refused_before_anything_is_sent()
    {
        var table = await account.NewTableAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(() => table.AddEntityAsync(new TableEntity { RowKey = "r" }));
        await Assert.ThrowsAsync<ArgumentNullException>(() => table.UpsertEntityAsync(new TableEntity { PartitionKey = "p" }));
        await Assert.ThrowsAsync<ArgumentNullException>(() => table.GetEntityAsync<TableEntity>("p", null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => table.DeleteEntityAsync(null!, "r"));
    }
}
