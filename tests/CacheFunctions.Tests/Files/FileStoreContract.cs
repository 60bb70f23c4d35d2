using CacheFunctions.Files;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Files;

/// <summary>What every store of files keeps to.</summary>
public abstract class FileStoreContract
{
    private static readonly Dictionary<string, string> Properties = new() { ["cfheader"] = "abc=", ["cfKey"] = "1.x" };

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4 << 20)]
    [InlineData((4 << 20) + 1)]
    [InlineData(17 << 20)]
    public async Task Content_and_properties_read_back_whole_and_in_parts(int length)
    {
        var store = Store();
        foreach (var isKnown in new[] { true, false })
        {
            var written = await store.WriteAsync("d/app/a ü", new PatternStream(length), isKnown ? length : null, Facts, default, default);
            var found = await store.FindAsync("d/app/a ü", default);
            Assert.Equal((written!.Version, length, "text/x"), (found!.Version, found.SizeBytes, found.ContentType));
            Assert.Equal("abc=", found.Properties["cfheader"]);
            if (length == 0) continue;
            await using var whole = await store.OpenAsync(found, 0, length, default);
            await PatternStream.AssertEqualAsync(whole!, length);
            await using var part = await store.OpenAsync(found, length / 2, length - length / 2, default);
            await PatternStream.AssertEqualAsync(part!, length - length / 2, length / 2);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9 << 20)]
    public async Task What_is_found_to_be_read_comes_with_its_content_unless_it_is_what_was_known(int length)
    {
        var store = Store();
        Assert.Null(await store.BeginAsync("d/app/b", null, default));
        await store.WriteAsync("d/app/b", new PatternStream(length), length, Facts, default, default);
        var found = (await store.FindAsync("d/app/b", default))!;
        await AssertBegunAsync(null, found, 0);
        Assert.Equal((found, null), (await store.BeginAsync("d/app/b", found, default))!.Value);

        await store.WriteAsync("d/app/b", new PatternStream(length, 5), length, Facts, default, default);
        await AssertBegunAsync(found, (await store.FindAsync("d/app/b", default))!, 5);
        await store.DeleteAsync((await store.FindAsync("d/app/b", default))!, default);
        Assert.Null(await store.BeginAsync("d/app/b", found, default));

        async Task AssertBegunAsync(FileBlob? known, FileBlob expected, int start)
        {
            var (blob, content) = (await store.BeginAsync("d/app/b", known, default))!.Value;
            await using (content) await PatternStream.AssertEqualAsync(content!, length, start);
            Assert.Equal(expected with { Properties = blob.Properties }, blob);
            Assert.Equal(expected.Properties, blob.Properties);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9 << 20)]
    public async Task Conditions_hold_at_the_moment_of_the_change(int length)
    {
        var store = Store();
        Assert.Null(await store.WriteAsync("d/app/c", new PatternStream(length), null, Facts, new WriteCondition("\"0x1\""), default));
        var first = await store.WriteAsync("d/app/c", new PatternStream(length), null, Facts, new WriteCondition(MustBeNew: true), default);
        Assert.Null(await store.WriteAsync("d/app/c", new PatternStream(length), null, Facts, new WriteCondition(MustBeNew: true), default));
        var second = await store.WriteAsync("d/app/c", new PatternStream(length, 5), null, Facts, new WriteCondition(first!.Version), default);
        Assert.Null(await store.WriteAsync("d/app/c", new PatternStream(length), null, Facts, new WriteCondition(first.Version), default));
        Assert.Null(await store.OpenAsync(first, 0, 1, default));
        Assert.False(await store.ChangePropertiesAsync(first, Properties, default));
        Assert.False(await store.DeleteAsync(first, default));
        Assert.True(await store.ChangePropertiesAsync(second!, new Dictionary<string, string> { ["cfheader"] = "other" }, default));
        var third = await store.FindAsync("d/app/c", default);
        Assert.Equal(("other", 1), (third!.Properties["cfheader"], third.Properties.Count));
        Assert.True(await store.DeleteAsync(third, default));
        Assert.Null(await store.FindAsync("d/app/c", default));
        Assert.False(await store.DeleteAsync(third, default));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9 << 20)]
    public async Task A_source_or_a_check_that_fails_leaves_what_stood_there(int length)
    {
        var store = Store();
        var before = await store.WriteAsync("d/app/f", new PatternStream(3), null, Facts, default, default);
        var broken = new PatternStream(length, failure: (length - 1, new IOException("The sender went away.")));
        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync("d/app/f", broken, null, Facts, default, default));
        await Assert.ThrowsAsync<FormatException>(() => store.WriteAsync("d/app/f", new PatternStream(length), null, () => throw new FormatException(), default, default));
        Assert.Equal(before!.Version, (await store.FindAsync("d/app/f", default))!.Version);
    }

    [Fact]
    public async Task A_list_is_ordered_and_goes_on_where_its_page_ended()
    {
        var store = Store();
        foreach (var name in new[] { "l/app/b", "l/app/a/1", "l/app/a/2", "l/application", "l/app/C" })
            await store.WriteAsync(name, new PatternStream(2), 2, Facts, default, default);
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var (page, next) = await store.ListAsync("l/app/", 2, cursor, default);
            Assert.All(page, blob => Assert.Equal((2, "abc="), (blob.SizeBytes, blob.Properties["cfheader"])));
            names.AddRange(page.Select(blob => blob.Name));
            cursor = next;
        }
        while (cursor is not null);
        Assert.Equal(["l/app/C", "l/app/a/1", "l/app/a/2", "l/app/b"], names);
        Assert.Empty((await store.ListAsync("none/", 10, null, default)).Page);
    }

    protected abstract IFileStore Store();

    private static FileFacts Facts() => new("text/x", Properties);
}
