using Azure;
using Azure.Data.Tables;
using static Azure.Data.Tables.TableTransactionActionType;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class TransactionTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task Every_kind_of_action_takes_effect_and_answers_with_its_etag()
    {
        var table = await account.NewTableAsync();
        foreach (var key in new[] { "merge", "replace", "upsert", "upsertreplace", "delete" })
            await table.AddEntityAsync(Row(key, "Old"));
        var etag = (await table.GetEntityAsync<TableEntity>("p", "merge")).Value.ETag;

        var answer = await table.SubmitTransactionAsync(
        [
            new(Add, Row("add", "New")),
            new(UpdateMerge, Row("merge", "New"), etag),
            new(UpdateReplace, Row("replace", "New"), ETag.All),
            new(UpsertMerge, Row("upsert", "New")),
            new(UpsertReplace, Row("upsertreplace", "New")),
            new(Delete, Row("delete")),
        ]);

        Assert.Equal(202, answer.GetRawResponse().Status);
        Assert.Equal([204, 204, 204, 204, 204, 204], answer.Value.Select(part => part.Status));
        var rows = (await table.QueryAsync<TableEntity>().ToListAsync()).ToDictionary(row => row.RowKey);
        Assert.Equal(["add", "merge", "replace", "upsert", "upsertreplace"], rows.Keys.Order());
        Assert.Equal(
            ["New", "New,Old", "New", "New,Old", "New"],
            rows.OrderBy(row => row.Key).Select(row => string.Join(',', row.Value.Keys.Where(key => key is "New" or "Old").Order())));
        Assert.Equal(
            [rows["add"].ETag, rows["merge"].ETag, rows["replace"].ETag, rows["upsert"].ETag, rows["upsertreplace"].ETag],
            answer.Value.Take(5).Select(part => part.Headers.ETag!.Value));
    }

    [Fact]
    public async Task A_batch_of_one_hundred_is_one_transaction()
    {
        var table = await account.NewTableAsync();

        var answer = await table.SubmitTransactionAsync(
            Enumerable.Range(0, 100).Select(n => new TableTransactionAction(Add, Row($"{n:D3}", "New"))));

        Assert.Equal(100, answer.Value.Count);
        Assert.Equal(100, (await table.QueryAsync<TableEntity>().ToListAsync()).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(11)]
    public async Task A_batch_that_fails_names_the_failing_action_and_writes_nothing(int failing)
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(Row($"{failing:D3}"));

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
            Enumerable.Range(0, 12).Select(n => new TableTransactionAction(Add, Row($"{n:D3}")))));

        Assert.Equal(failing, refusal.FailedTransactionActionIndex);
        Assert.Equal((409, "EntityAlreadyExists"), (refusal.Status, refusal.ErrorCode));
        Assert.StartsWith($"{failing}:The specified entity already exists.", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await table.QueryAsync<TableEntity>().ToListAsync());
    }

    [Fact]
    public async Task A_stale_etag_in_a_batch_is_named()
    {
        var table = await account.NewTableAsync();
        var stale = (await table.AddEntityAsync(Row("r"))).Headers.ETag!.Value;
        await table.UpsertEntityAsync(Row("r", "New"));

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => table.SubmitTransactionAsync([new(Add, Row("new")), new(UpdateReplace, Row("r"), stale)]));

        Assert.Equal(1, refusal.FailedTransactionActionIndex);
        Assert.Equal((412, "UpdateConditionNotSatisfied"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task An_empty_batch_is_refused_before_anything_is_sent()
    {
        var table = await account.NewTableAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => table.SubmitTransactionAsync([]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => table.SubmitTransactionAsync(null!));
    }

    private static TableEntity Row(string key, string? property = null)
    {
        var row = new TableEntity("p", key);
        if (property is not null)
            row[property] = "it's 😀\r\n--";
        return row;
    }
}
