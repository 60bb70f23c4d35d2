namespace CacheFunctions.Tests.Content;

/// <summary>Large content written once, block by block, and copies within the store.</summary>
public abstract partial class ContentStoreContract
{
    private const long Blocks = (20 << 20) + 5;

    [Fact]
    public async Task Content_written_once_can_be_read_and_its_progress_is_told()
    {
        var store = await StoreAsync();
        var progress = new Progress();
        Assert.True(await store.WriteOnceAsync(_container, "a", new PatternStream(Blocks), progress, default));
        await AssertHoldsAsync(store, "a", Blocks);
        Assert.Equal(Blocks, progress.Last);
        Assert.True(progress.Count > 1);
    }

    [Fact]
    public async Task Writing_the_same_once_more_is_fine_and_writing_something_else_is_refused()
    {
        var store = await StoreAsync();
        Assert.True(await store.WriteOnceAsync(_container, "a", new PatternStream(Blocks), null, default));
        Assert.True(await store.WriteOnceAsync(_container, "a", new PatternStream(Blocks), null, default));
        Assert.False(await store.WriteOnceAsync(_container, "a", new PatternStream(Blocks, 1), null, default));
        await AssertHoldsAsync(store, "a", Blocks);
    }

    [Fact]
    public async Task An_interrupted_write_leaves_nothing_to_read_and_can_be_finished()
    {
        var store = await StoreAsync();
        var broken = new PatternStream(Blocks, failure: (Blocks - 1, new IOException("gone")));
        await Assert.ThrowsAsync<IOException>(() => store.WriteOnceAsync(_container, "a", broken, null, default));
        Assert.Null(await store.OpenReadAsync(_container, "a", 0, null, default));
        Assert.True(await store.WriteOnceAsync(_container, "a", new PatternStream(Blocks), null, default));
        await AssertHoldsAsync(store, "a", Blocks);
    }

    [Fact]
    public async Task Several_may_write_the_same_at_once()
    {
        var store = await StoreAsync();
        var written = await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => store.WriteOnceAsync(_container, "a", new PatternStream(Blocks), null, default)));
        Assert.All(written, Assert.True);
        await AssertHoldsAsync(store, "a", Blocks);
    }

    [Fact]
    public async Task A_copy_holds_the_same_and_is_independent()
    {
        var store = await StoreAsync();
        await store.WriteAsync(_container, "a/ü 1", new PatternStream(Large), Large, default);
        Assert.True(await store.CopyAsync(_container, "a/ü 1", "b", default));
        Assert.True(await store.DeleteAsync(_container, "a/ü 1", default));
        await AssertHoldsAsync(store, "b", Large);
        Assert.False(await store.CopyAsync(_container, "a/ü 1", "c", default));
        Assert.Equal(["b"], await NamesAsync(store, ""));
    }

    private sealed class Progress : IProgress<long>
    {
        public long Last { get; private set; }

        public int Count { get; private set; }

        public void Report(long value)
        {
            Assert.True(value > Last);
            (Last, Count) = (value, Count + 1);
        }
    }
}
