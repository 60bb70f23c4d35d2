using CacheFunctions.Content;

namespace CacheFunctions.Tests.Content;

/// <summary>What every content store promises: one container of its own for each test.</summary>
public abstract partial class ContentStoreContract
{
    /// <summary>Above what a store holds to send it again.</summary>
    private const long Large = 5 << 20;

    private readonly string _container = "c" + Guid.NewGuid().ToString("N");

    /// <summary>A store that holds nothing in containers that were not used before.</summary>
    protected abstract Task<IContentStore> StoreAsync();

    /// <summary>Whether finding and reading are one transaction.</summary>
    protected virtual bool SendsContentAlong => true;

    [Fact]
    public async Task A_container_that_nobody_wrote_to_reads_as_empty()
    {
        var store = await StoreAsync();

        Assert.Null(await store.OpenReadAsync(_container, "a", 0, null, default));
        Assert.Null(await store.SizeAsync(_container, "a", default));
        Assert.False(await store.DeleteAsync(_container, "a", default));
        Assert.Empty(await NamesAsync(store, ""));
    }

    [Fact]
    public async Task The_size_of_content_is_known_without_reading_it()
    {
        var store = await WithAsync("a");
        Assert.Equal(10, await store.SizeAsync(_container, "a", default));
        Assert.Null(await store.SizeAsync(_container, "b", default));
    }

    [Fact]
    public async Task A_version_is_read_whole_or_not_at_all()
    {
        var store = await WithAsync("a");
        var first = (await store.FindAsync(_container, "a", default))!.Value;
        Assert.Equal(("a", 10), (first.Name, first.SizeBytes));
        await using (var content = await store.OpenVersionAsync(_container, first, 2, 3, default))
        {
            Assert.Equal(3, (await HashingStream.ReadAllAsync(content!, default)).SizeBytes);
        }

        await store.WriteAsync(_container, "a", new MemoryStream(new byte[10]), 10, default);

        Assert.Null(await store.OpenVersionAsync(_container, first, 0, null, default));
        var second = (await store.FindAsync(_container, "a", default))!.Value;
        Assert.NotEqual(first.Version, second.Version);
        await foreach (var listed in store.ListAsync(_container, "a", default)) Assert.Equal((second.Version, 10), (listed.Version, listed.SizeBytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Large)]
    public async Task What_is_found_to_be_read_comes_with_its_content_unless_it_is_what_was_known(long length)
    {
        var store = await StoreAsync();
        Assert.Null(await store.BeginAsync(_container, "a", null, default));
        await store.WriteAsync(_container, "a", new PatternStream(length), length, default);
        var first = (await store.FindAsync(_container, "a", default))!.Value;
        await AssertBegunAsync(null, first);
        var (same, nothing) = (await store.BeginAsync(_container, "a", first, default))!.Value;
        Assert.Equal((first, null), (same, nothing));

        await store.WriteAsync(_container, "a", new PatternStream(length), length, default);
        await AssertBegunAsync(first, (await store.FindAsync(_container, "a", default))!.Value);
        await store.DeleteAsync(_container, "a", default);
        Assert.Null(await store.BeginAsync(_container, "a", first, default));

        async Task AssertBegunAsync(ContentItem? known, ContentItem expected)
        {
            var (item, content) = (await store.BeginAsync(_container, "a", known, default))!.Value;
            Assert.Equal((expected, SendsContentAlong), (item, content is not null));
            if (content is null) return;
            await using (content) await PatternStream.AssertEqualAsync(content, length);
        }
    }

    [Fact]
    public async Task Content_that_does_not_exist_reads_as_null()
    {
        var store = await WithAsync("a");

        Assert.Null(await store.OpenReadAsync(_container, "b", 0, null, default));
        Assert.Null(await store.OpenReadAsync(_container, "b", 5, 10, default));
    }

    [Theory]
    [InlineData(0, "owner/1")]
    [InlineData(1, "a b+c%20d#e?f&g=h(i)'j.txt")]
    [InlineData(3, "ünï/日本 😀.bin")]
    public async Task A_name_is_kept_as_it_is(long length, string name)
    {
        var store = await StoreAsync();

        await store.WriteAsync(_container, name, new PatternStream(length), length, default);

        await AssertHoldsAsync(store, name, length);
        Assert.Equal([name], await NamesAsync(store, ""));
        Assert.True(await store.DeleteAsync(_container, name, default));
    }

    [Fact]
    public async Task Deleting_twice_is_fine_and_says_which_did()
    {
        var store = await WithAsync("a", "b");

        Assert.True(await store.DeleteAsync(_container, "a", default));
        Assert.False(await store.DeleteAsync(_container, "a", default));

        Assert.Null(await store.OpenReadAsync(_container, "a", 0, null, default));
        Assert.Equal(["b"], await NamesAsync(store, ""));
    }

    [Fact]
    public async Task Names_come_in_ordinal_order_and_by_prefix()
    {
        var store = await WithAsync("b/2", "a", "b/10", "B/1", "b/1", "b", "c/1");

        Assert.Equal(["B/1", "a", "b", "b/1", "b/10", "b/2", "c/1"], await NamesAsync(store, ""));
        Assert.Equal(["b/1", "b/10", "b/2"], await NamesAsync(store, "b/"));
        Assert.Equal(["b/1", "b/10"], await NamesAsync(store, "b/1"));
        Assert.Empty(await NamesAsync(store, "d"));
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(0L, 1L)]
    [InlineData(0L, Large)]
    [InlineData(1L, null)]
    [InlineData(999_999L, 4_000_000L)]
    [InlineData(Large - 1, null)]
    [InlineData(Large - 1, 1L)]
    [InlineData(Large - 10, 100L)]
    public async Task A_span_gives_its_bytes_and_none_past_the_end(long offset, long? length)
    {
        var store = await StoreAsync();
        await store.WriteAsync(_container, "a", new PatternStream(Large), Large, default);

        await using var content = await store.OpenReadAsync(_container, "a", offset, length, default);

        await PatternStream.AssertEqualAsync(content!, Math.Min(length ?? Large, Large - offset), offset);
    }

    [Fact]
    public async Task A_cancelled_call_says_so_and_changes_nothing()
    {
        var store = await WithAsync("a");
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.WriteAsync(_container, "b", new PatternStream(10), 10, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.OpenReadAsync(_container, "a", 0, null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DeleteAsync(_container, "a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in store.ListAsync(_container, "", cancelled)) Assert.NotNull(item.Name);
        });
        Assert.Equal(["a"], await NamesAsync(store, ""));
    }

    private async Task<IContentStore> WithAsync(params string[] names)
    {
        var store = await StoreAsync();
        foreach (var name in names) await store.WriteAsync(_container, name, new PatternStream(10), 10, default);
        return store;
    }

    private async Task<List<string>> NamesAsync(IContentStore store, string prefix)
    {
        var names = new List<string>();
        await foreach (var item in store.ListAsync(_container, prefix, default)) names.Add(item.Name);
        return names;
    }

    private async Task AssertHoldsAsync(IContentStore store, string name, long length)
    {
        await using var content = await store.OpenReadAsync(_container, name, 0, null, default);
        Assert.NotNull(content);
        await PatternStream.AssertEqualAsync(content, length);
    }
}
