using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

/// <summary>What every record store promises: one table of its own for each test.</summary>
public abstract partial class RecordStoreContract
{
    private const string Partition = "p";
    private readonly string _table = "t" + Guid.NewGuid().ToString("N");

    /// <summary>A store that holds nothing in tables that were not used before.</summary>
    protected abstract Task<IRecordStore> StoreAsync();

    [Fact]
    public async Task A_table_that_nobody_wrote_to_reads_as_empty()
    {
        var store = await StoreAsync();

        Assert.Null(await GetAsync(store, "a"));
        Assert.Empty(await KeysAsync(store, KeyRange.Prefix("a")));
    }

    [Fact]
    public async Task An_inserted_row_reads_back()
    {
        var store = await StoreAsync();

        await CommitAsync(store, RowChange.Insert("a", One("first")));

        var row = await GetAsync(store, "a");
        Assert.Equal(("a", "first"), (row!.Key, row.Values.Text("text")));
        Assert.NotEmpty(row.ETag);
        Assert.Null(await GetAsync(store, "b"));
    }

    [Fact]
    public async Task A_replaced_row_keeps_none_of_its_old_values_and_changes_its_ETag()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", new RowValues { { "text", "old" }, { "number", 1L } }));
        var before = await GetAsync(store, "a");

        await CommitAsync(store, RowChange.Replace(before!, One("new")));

        var after = await GetAsync(store, "a");
        Assert.Equal("new", after!.Values.Text("text"));
        Assert.Null(after.Values.Number("number"));
        Assert.NotEqual(before!.ETag, after.ETag);
    }

    [Fact]
    public async Task A_deleted_row_is_gone_and_its_ETag_does_not_come_back_with_a_new_one()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("same")));
        var before = await GetAsync(store, "a");

        await CommitAsync(store, RowChange.Delete(before!));
        Assert.Null(await GetAsync(store, "a"));

        await CommitAsync(store, RowChange.Insert("a", One("same")));
        Assert.NotEqual(before!.ETag, (await GetAsync(store, "a"))!.ETag);
    }

    [Fact]
    public async Task Any_ETag_fits_a_row_in_whatever_version_but_not_a_missing_one()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("old")), RowChange.Insert("b", One("old")));

        await CommitAsync(store, new RowChange(RowChangeKind.Replace, "a", One("new"), RowChange.AnyETag), RowChange.DeleteAny("b"));

        Assert.Equal("new", (await GetAsync(store, "a"))!.Values.Text("text"));
        Assert.Null(await GetAsync(store, "b"));
        await AssertConflictAsync(store, 0, RowChange.DeleteAny("b"));
        await AssertConflictAsync(store, 0, new RowChange(RowChangeKind.Replace, "b", One("new"), RowChange.AnyETag));
    }

    [Fact]
    public async Task Rows_of_other_partitions_and_tables_are_other_rows()
    {
        var store = await StoreAsync();
        await store.CommitAsync(_table, "p", [RowChange.Insert("a", One("here"))], default);
        await store.CommitAsync(_table, "q", [RowChange.Insert("a", One("there"))], default);
        await store.CommitAsync(_table + "x", "p", [RowChange.Insert("a", One("elsewhere"))], default);

        Assert.Equal("here", (await store.GetAsync(_table, "p", "a", default))!.Values.Text("text"));
        Assert.Equal("there", (await store.GetAsync(_table, "q", "a", default))!.Values.Text("text"));
        Assert.Equal("elsewhere", (await store.GetAsync(_table + "x", "p", "a", default))!.Values.Text("text"));
        Assert.Single(await KeysAsync(store, KeyRange.Prefix("a")));
    }

    [Fact]
    public async Task Reads_see_every_write_that_was_acknowledged()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("0")));
        for (var i = 1; i <= 20; i++)
        {
            var text = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await CommitAsync(store, RowChange.Replace((await GetAsync(store, "a"))!, One(text)), RowChange.Insert($"b{i:00}", One(text)));

            Assert.Equal(text, (await GetAsync(store, "a"))!.Values.Text("text"));
            Assert.Equal(i, (await KeysAsync(store, KeyRange.Prefix("b"))).Count);
        }
    }

    [Fact]
    public async Task A_cancelled_call_says_so_and_changes_nothing()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("text")));
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync(_table, Partition, "a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.CommitAsync(_table, Partition, [RowChange.Insert("b", One("text"))], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in store.QueryAsync(_table, Partition, KeyRange.Prefix("a"), null, cancelled)) Assert.NotNull(row);
        });
        Assert.Null(await GetAsync(store, "b"));
    }

    private static RowValues One(string text) => new() { { "text", text } };

    private Task<Row?> GetAsync(IRecordStore store, string key) => store.GetAsync(_table, Partition, key, default);

    private Task CommitAsync(IRecordStore store, params RowChange[] changes) =>
        store.CommitAsync(_table, Partition, changes, default);

    private async Task<List<string>> KeysAsync(IRecordStore store, KeyRange range, int? take = null)
    {
        var keys = new List<string>();
        await foreach (var row in store.QueryAsync(_table, Partition, range, take, default)) keys.Add(row.Key);
        return keys;
    }

    private async Task AssertConflictAsync(IRecordStore store, int index, params RowChange[] changes)
    {
        var conflict = await Assert.ThrowsAsync<RowConflictException>(() => CommitAsync(store, changes));
        Assert.Equal(index, conflict.Index);
    }
}
