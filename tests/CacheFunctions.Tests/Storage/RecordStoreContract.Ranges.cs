using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Storage;

/// <summary>Ranges of keys, and keys of every kind.</summary>
public abstract partial class RecordStoreContract
{
    [Fact]
    public async Task A_range_holds_its_first_key_and_not_its_last()
    {
        var store = await WithAsync("a", "b", "c", "d");

        Assert.Equal(["b", "c"], await KeysAsync(store, new KeyRange("b", "d")));
        Assert.Equal(["c"], await KeysAsync(store, new KeyRange("b", "d", FromExcluded: true)));
        Assert.Empty(await KeysAsync(store, new KeyRange("e", "f")));
        Assert.Empty(await KeysAsync(store, new KeyRange("b", "b")));
    }

    [Fact]
    public async Task A_prefix_holds_every_key_that_begins_with_it_and_no_other()
    {
        var store = await WithAsync("s", "s{", "s|", "s|1", "s|1|2", "s|~", "s}", "t|1");

        Assert.Equal(["s|", "s|1", "s|1|2", "s|~"], await KeysAsync(store, KeyRange.Prefix("s|")));
        Assert.Equal(["s|1", "s|1|2"], await KeysAsync(store, KeyRange.Prefix("s|1")));
    }

    [Fact]
    public async Task What_follows_a_key_leaves_the_key_out_whether_it_exists_or_not()
    {
        var store = await WithAsync("o|1", "o|2", "o|3", "p|1");

        Assert.Equal(["o|3"], await KeysAsync(store, KeyRange.After("o|2", "o|")));
        Assert.Equal(["o|3"], await KeysAsync(store, KeyRange.After("o|25", "o|")));
        Assert.Empty(await KeysAsync(store, KeyRange.After("o|3", "o|")));
    }

    [Fact]
    public async Task Keys_come_in_ordinal_order()
    {
        string[] ordered = ["k-", "k0", "k10", "k2", "kA", "kZ", "k_", "ka", "ka|", "kb", "k|", "k~", "ké", "kя", "k日"];
        var store = await WithAsync([.. ordered.Reverse()]);

        Assert.Equal(ordered, await KeysAsync(store, KeyRange.Prefix("k")));
    }

    [Fact]
    public async Task Take_bounds_the_rows_and_begins_with_the_first()
    {
        var store = await WithAsync("a1", "a2", "a3");

        Assert.Equal(["a1", "a2"], await KeysAsync(store, KeyRange.Prefix("a"), 2));
        Assert.Equal(["a1", "a2", "a3"], await KeysAsync(store, KeyRange.Prefix("a"), 5));
        Assert.Empty(await KeysAsync(store, KeyRange.Prefix("a"), 0));
    }

    [Fact]
    public async Task More_rows_than_a_page_come_whole_and_in_order()
    {
        var store = await StoreAsync();
        var keys = Enumerable.Range(0, 2050).Select(i => $"r{i:0000}").ToList();
        foreach (var some in keys.Chunk(100)) await CommitAsync(store, [.. some.Select(key => RowChange.Insert(key, One(key)))]);

        Assert.Equal(keys, await KeysAsync(store, KeyRange.Prefix("r")));
        Assert.Equal(keys[1..], await KeysAsync(store, KeyRange.After("r0000", "r")));
        Assert.Equal(keys[..1001], await KeysAsync(store, KeyRange.Prefix("r"), 1001));
        Assert.Equal(keys[..1000], await KeysAsync(store, KeyRange.Prefix("r"), 1000));
    }

    [Theory]
    [InlineData("o'neil")]
    [InlineData("''")]
    [InlineData("' or PartitionKey ne '")]
    [InlineData("l|a|b")]
    [InlineData("日本|ключ|é")]
    [InlineData("a b+c&d=e%20f;g,h(i)@j:k$l\"m<n>o*p!q")]
    public async Task A_key_is_kept_as_it_is(string key)
    {
        var store = await StoreAsync();

        await store.CommitAsync(_table, key, [RowChange.Insert(key, One("old"))], default);
        var read = await store.GetAsync(_table, key, key, default);
        await store.CommitAsync(_table, key, [RowChange.Replace(read!, One("new"))], default);

        var found = new List<Row>();
        await foreach (var row in store.QueryAsync(_table, key, KeyRange.Prefix(key), null, default)) found.Add(row);
        Assert.Equal((key, "new"), (Assert.Single(found).Key, found[0].Values.Text("text")));
        await store.CommitAsync(_table, key, [RowChange.Delete(found[0])], default);
        Assert.Null(await store.GetAsync(_table, key, key, default));
    }

    private async Task<IRecordStore> WithAsync(params string[] keys)
    {
        var store = await StoreAsync();
        await CommitAsync(store, [.. keys.Select(key => RowChange.Insert(key, One(key)))]);
        return store;
    }
}
