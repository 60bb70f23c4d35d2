using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

public sealed class WritingTests(TableAccount account) : IClassFixture<TableAccount>
{
    [Fact]
    public async Task Adding_a_row_twice_is_a_conflict()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r"));

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal((409, "EntityAlreadyExists"), (refusal.Status, refusal.ErrorCode));
        Assert.StartsWith("The specified entity already exists.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_answers_with_the_new_etag()
    {
        var table = await account.NewTableAsync();

        var added = await table.AddEntityAsync(new TableEntity("p", "r"));

        Assert.Equal(await ETagAsync(table), added.Headers.ETag);
        var updated = await table.UpdateEntityAsync(new TableEntity("p", "r") { ["A"] = 1 }, added.Headers.ETag!.Value);
        Assert.NotEqual(added.Headers.ETag, updated.Headers.ETag);
        Assert.Equal(await ETagAsync(table), updated.Headers.ETag);
    }

    [Theory]
    [InlineData(TableUpdateMode.Merge)]
    [InlineData(TableUpdateMode.Replace)]
    public async Task An_update_with_a_stale_etag_is_refused(TableUpdateMode mode)
    {
        var table = await account.NewTableAsync();
        var first = await table.AddEntityAsync(new TableEntity("p", "r"));
        await table.UpdateEntityAsync(new TableEntity("p", "r") { ["A"] = 1 }, ETag.All);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => table.UpdateEntityAsync(new TableEntity("p", "r") { ["A"] = 2 }, first.Headers.ETag!.Value, mode));

        Assert.Equal((412, "UpdateConditionNotSatisfied"), (refusal.Status, refusal.ErrorCode));
        Assert.Equal(1, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetInt32("A"));
    }

    [Fact]
    public async Task Merging_keeps_and_replacing_drops_what_is_not_named()
    {
        var table = await account.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 1 });

        await table.UpdateEntityAsync(new TableEntity("p", "r") { ["B"] = 2, ["C"] = 2 }, ETag.All);
        Assert.Equal((1, 2, 2), await ABCAsync(table));

        await table.UpdateEntityAsync(new TableEntity("p", "r") { ["C"] = 3 }, ETag.All, TableUpdateMode.Replace);
        Assert.Equal((null, null, 3), await ABCAsync(table));
    }

    [Fact]
    public async Task Upserting_makes_merges_and_replaces()
    {
        var table = await account.NewTableAsync();

        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["B"] = 2 });
        Assert.Equal((1, 2, null), await ABCAsync(table));

        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["C"] = 3 }, TableUpdateMode.Replace);
        Assert.Equal((null, null, 3), await ABCAsync(table));
    }

    [Fact]
    public async Task Updating_an_absent_row_fails()
    {
        var table = await account.NewTableAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(
            () => table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All));

        Assert.Equal((404, "ResourceNotFound"), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task Updating_without_a_condition_is_refused_before_anything_is_sent()
    {
        var table = await account.NewTableAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => table.UpdateEntityAsync(new TableEntity("p", "r"), default));
    }

    [Fact]
    public async Task Deleting_heeds_the_etag_and_forgives_absence()
    {
        var table = await account.NewTableAsync();
        var stale = (await table.AddEntityAsync(new TableEntity("p", "r"))).Headers.ETag!.Value;
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.DeleteEntityAsync("p", "r", stale));

        Assert.Equal((412, "UpdateConditionNotSatisfied"), (refusal.Status, refusal.ErrorCode));
        Assert.Equal(204, (await table.DeleteEntityAsync(new TableEntity("p", "r"), await ETagAsync(table))).Status);
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "r")).Status);
    }

    private static async Task<ETag> ETagAsync(TableClient table) =>
        (await table.GetEntityAsync<TableEntity>("p", "r")).Value.ETag;

    private static async Task<(int? A, int? B, int? C)> ABCAsync(TableClient table)
    {
        var row = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        return (row.GetInt32("A"), row.GetInt32("B"), row.GetInt32("C"));
    }
}
