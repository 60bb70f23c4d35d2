using CacheFunctions.Content;

namespace CacheFunctions.Tests.Content;

public abstract partial class ContentStoreContract
{
    /// <summary>Whether the store keeps something beside its content.</summary>
    protected virtual bool KeepsPlainLength => true;

    [Theory]
    [InlineData(100)]
    [InlineData(9 << 20)]
    public async Task Compressed_content_keeps_how_long_it_is_decompressed(long length)
    {
        if (await IsRefusedAsync()) return;
        var store = await WithAsync("b");

        var written = (await store.WriteCompressedAsync(_container, "a", new PatternStream(length), length, () => 1000, null, default))!.Value;

        Assert.Equal(("a", length, 1000, 1000), (written.Name, written.SizeBytes, written.PlainBytes!.Value, written.Length));
        var found = (await store.FindAsync(_container, "a", default))!.Value;
        Assert.Equal((written.Version, length, 1000), (found.Version, found.SizeBytes, found.PlainBytes!.Value));
        var listed = new List<ContentItem>();
        await foreach (var item in store.ListAsync(_container, "", default)) listed.Add(item);
        Assert.Equal([(found.Version, 1000), (listed[1].Version, null)], listed.Select(item => (item.Version, item.PlainBytes)));
        await AssertHoldsAsync(store, "a", length);
        // Another write takes it away.
        await store.WriteAsync(_container, "a", new PatternStream(10), 10, default);
        Assert.Null((await store.FindAsync(_container, "a", default))!.Value.PlainBytes);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(9 << 20)]
    public async Task Compressed_content_takes_the_place_of_one_version_only(long length)
    {
        if (await IsRefusedAsync()) return;
        var store = await WithAsync("a");
        var first = (await store.FindAsync(_container, "a", default))!.Value;
        await store.WriteAsync(_container, "a", new PatternStream(10), 10, default);

        Assert.Null(await WriteAsync(first));
        var second = (await store.FindAsync(_container, "a", default))!.Value;
        Assert.Equal((10, null), (second.SizeBytes, second.PlainBytes));
        Assert.Equal(length, (await WriteAsync(second))!.Value.SizeBytes);
        await store.DeleteAsync(_container, "a", default);
        Assert.Null(await WriteAsync(second));
        Assert.Null(await store.FindAsync(_container, "a", default));

        Task<ContentItem?> WriteAsync(ContentItem replaced) =>
            store.WriteCompressedAsync(_container, "a", new PatternStream(length), null, () => 1000, replaced, default);
    }

    [Fact]
    public async Task Compressed_content_that_is_refused_at_its_end_changes_nothing()
    {
        if (await IsRefusedAsync()) return;
        var store = await WithAsync("a");

        await Assert.ThrowsAsync<EndOfStreamException>(() => store.WriteCompressedAsync(
            _container, "a", new PatternStream(100), null, static () => throw new EndOfStreamException(), null, default));

        Assert.Equal((10, null), ((await store.FindAsync(_container, "a", default))!.Value.SizeBytes, (await store.FindAsync(_container, "a", default))!.Value.PlainBytes));
    }

    private async Task<bool> IsRefusedAsync()
    {
        if (KeepsPlainLength) return false;
        await Assert.ThrowsAsync<NotSupportedException>(
            async () => await (await StoreAsync()).WriteCompressedAsync(_container, "a", new PatternStream(100), null, () => 1000, null, default));
        return true;
    }
}
