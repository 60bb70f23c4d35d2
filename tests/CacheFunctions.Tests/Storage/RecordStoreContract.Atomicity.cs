using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

/// <summary>Conditions, and that a transaction stands whole or not at all.</summary>
public abstract partial class RecordStoreContract
{
    [Fact]
    public async Task Insert_when_the_row_exists_then_conflict_and_the_row_stays_as_it_is()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("first")));

        await AssertConflictAsync(store, 0, RowChange.Insert("a", One("second")));

        Assert.Equal("first", (await GetAsync(store, "a"))!.Values.Text("text"));
    }

    [Fact]
    public async Task Replace_and_delete_when_the_row_has_changed_since_it_was_read_then_conflict()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("first")));
        var stale = (await GetAsync(store, "a"))!;
        await CommitAsync(store, RowChange.Replace(stale, One("second")));

        await AssertConflictAsync(store, 0, RowChange.Replace(stale, One("third")));
        await AssertConflictAsync(store, 0, RowChange.Delete(stale));

        Assert.Equal("second", (await GetAsync(store, "a"))!.Values.Text("text"));
    }

    [Fact]
    public async Task Replace_and_delete_when_the_row_is_gone_then_conflict()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("first")));
        var gone = (await GetAsync(store, "a"))!;
        await CommitAsync(store, RowChange.Delete(gone));

        await AssertConflictAsync(store, 0, RowChange.Replace(gone, One("second")));
        await AssertConflictAsync(store, 0, RowChange.Delete(gone));

        Assert.Null(await GetAsync(store, "a"));
    }

    [Fact]
    public async Task A_condition_on_a_table_that_does_not_exist_yet_is_a_conflict()
    {
        var store = await StoreAsync();

        await AssertConflictAsync(store, 0, RowChange.DeleteAny("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(99)]
    public async Task One_change_that_does_not_hold_leaves_all_others_undone_and_is_named(int index)
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("kept", One("old")), RowChange.Insert("taken", One("old")), RowChange.Insert("there", One("old")));
        var before = await RowsAsync(store);
        var changes = Enumerable.Range(0, 97).Select(i => RowChange.Insert($"new{i:00}", One("new")))
            .Append(RowChange.Replace((await GetAsync(store, "kept"))!, One("new")))
            .Append(RowChange.DeleteAny("taken"))
            .ToList();
        changes.Insert(index, RowChange.Insert("there", One("new")));

        await AssertConflictAsync(store, index, [.. changes]);

        Assert.Equal(before, await RowsAsync(store));
    }

    [Fact]
    public async Task A_hundred_changes_of_every_kind_stand_together()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("kept", One("old")), RowChange.Insert("taken", One("old")));
        var changes = Enumerable.Range(0, 98).Select(i => RowChange.Insert($"new{i:00}", One("new")))
            .Append(RowChange.Replace((await GetAsync(store, "kept"))!, One("new")))
            .Append(RowChange.Delete((await GetAsync(store, "taken"))!))
            .ToArray();

        await CommitAsync(store, changes);

        Assert.Equal(98, (await KeysAsync(store, KeyRange.Prefix("new"))).Count);
        Assert.Equal("new", (await GetAsync(store, "kept"))!.Values.Text("text"));
        Assert.Null(await GetAsync(store, "taken"));
    }

    [Fact]
    public async Task Of_many_writers_that_read_the_same_version_exactly_one_gets_through()
    {
        var store = await StoreAsync();
        await CommitAsync(store, RowChange.Insert("a", One("start")));
        var read = (await GetAsync(store, "a"))!;

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                await CommitAsync(store, RowChange.Replace(read, One($"{i}")), RowChange.Insert($"mark{i}", One($"{i}")));
                return $"{i}";
            }
            catch (RowConflictException)
            {
                return null;
            }
        })));

        var winner = Assert.Single(won, each => each is not null);
        Assert.Equal(winner, (await GetAsync(store, "a"))!.Values.Text("text"));
        Assert.Equal([$"mark{winner}"], await KeysAsync(store, KeyRange.Prefix("mark")));
    }

    private async Task<List<(string, string, string?)>> RowsAsync(IRecordStore store)
    {
        var rows = new List<(string, string, string?)>();
        await foreach (var row in store.QueryAsync(_table, Partition, new KeyRange("!", "~"), null, default))
            rows.Add((row.Key, row.ETag, row.Values.Text("text")));
        return rows;
    }
}
