namespace CacheFunctions.Tests.Content;

/// <summary>Writing: what was announced, or nothing.</summary>
public abstract partial class ContentStoreContract
{
    [Theory]
    [InlineData(0L, true)]
    [InlineData(0L, false)]
    [InlineData(1L, true)]
    [InlineData(1L, false)]
    [InlineData((4L << 20) - 1, true)]
    [InlineData(4L << 20, true)]
    [InlineData((4L << 20) + 1, true)]
    [InlineData(Large, true)]
    [InlineData(Large, false)]
    [InlineData((8L << 20) + 1, false)]
    [InlineData(20L << 20, true)]
    [InlineData(20L << 20, false)]
    public async Task Content_of_known_and_unknown_length_reads_back_byte_by_byte(long length, bool isKnown)
    {
        var store = await StoreAsync();

        await store.WriteAsync(_container, "a", new PatternStream(length), isKnown ? length : null, default);

        await AssertHoldsAsync(store, "a", length);
    }

    [Theory]
    [InlineData(1L, 0L)]
    [InlineData(1000L, 999L)]
    [InlineData(Large, 0L)]
    [InlineData(Large, Large - 1)]
    public async Task A_body_shorter_than_announced_is_refused_and_leaves_nothing(long announced, long actual)
    {
        var store = await WithAsync("before");

        await Assert.ThrowsAsync<EndOfStreamException>(
            () => store.WriteAsync(_container, "a", new PatternStream(actual), announced, default));

        Assert.Null(await store.OpenReadAsync(_container, "a", 0, null, default));
        Assert.Equal(["before"], await NamesAsync(store, ""));
    }

    [Theory]
    [InlineData(1000L, 0L, true)]
    [InlineData(1000L, 500L, true)]
    [InlineData(1000L, 500L, false)]
    [InlineData(Large, 1L << 20, true)]
    [InlineData(Large, 1L << 20, false)]
    [InlineData(20L << 20, 18L << 20, true)]
    [InlineData(20L << 20, 18L << 20, false)]
    public async Task A_source_that_fails_surfaces_its_own_error_and_leaves_nothing_readable(long length, long failsAt, bool isKnown)
    {
        var store = await WithAsync("before");
        var broken = new IOException("The sender went away.");

        var seen = await Assert.ThrowsAnyAsync<Exception>(() => store.WriteAsync(
            _container, "a", new PatternStream(length, failure: (failsAt, broken)), isKnown ? length : null, default));

        Assert.Same(broken, seen);
        Assert.Null(await store.OpenReadAsync(_container, "a", 0, null, default));
        Assert.Equal(["before"], await NamesAsync(store, ""));
    }

    [Theory]
    [InlineData(1000L, true)]
    [InlineData(Large, true)]
    [InlineData(Large, false)]
    public async Task A_write_that_fails_leaves_what_stood_under_the_name(long length, bool isKnown)
    {
        var store = await WithAsync("a");
        var source = new PatternStream(length, start: 1, failure: (length / 2, new IOException("The sender went away.")));

        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync(_container, "a", source, isKnown ? length : null, default));

        await AssertHoldsAsync(store, "a", 10);
    }

    [Theory]
    [InlineData(10L)]
    [InlineData(Large)]
    public async Task A_write_may_be_repeated_and_replaces_the_whole(long length)
    {
        var store = await StoreAsync();
        await store.WriteAsync(_container, "a", new PatternStream(length + 7, start: 3), length + 7, default);

        await store.WriteAsync(_container, "a", new PatternStream(length), length, default);
        await store.WriteAsync(_container, "a", new PatternStream(length), length, default);

        await AssertHoldsAsync(store, "a", length);
        Assert.Equal(["a"], await NamesAsync(store, ""));
    }
}
