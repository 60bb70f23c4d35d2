namespace CacheFunctions.Tests.Origins;

public abstract partial class OriginContract
{
    [SkippableTheory]
    [InlineData("what somebody else wrote")]
    [InlineData("OLD CONTENT")]
    public async Task Swap_when_the_file_has_changed_then_conflict_with_what_stands_there(string foreign)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(foreign);
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await PutAsync("a", bytes);

        var result = await ReplaceAsync(origin, Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.Equal(bytes.Length, result.Conflict!.Actual!.SizeBytes);
        Assert.Equal((await origin.FindAsync("a", default))!.Version, result.Conflict.Actual.Version);
        Assert.Equal(bytes, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Swap_when_the_same_bytes_were_written_again_then_no_conflict()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await PutAsync("a", Old);

        var result = await ReplaceAsync(origin, Stage("a"), expected with { Version = "another" }, New);

        Assert.NotNull(result.Written);
        Assert.Equal(New, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Swap_when_the_file_has_vanished_then_conflict_with_nothing()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await DeleteAsync("a");

        var result = await ReplaceAsync(origin, Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.NotNull(result.Conflict);
        Assert.Null(result.Conflict.Actual);
        Assert.Empty(await PathsAsync());
    }

    [SkippableFact]
    public async Task Swap_when_a_file_appeared_where_none_was_expected_then_conflict()
    {
        var origin = await OriginAsync();
        await StageAsync(origin, Stage("a"), New);
        await PutAsync("a", Foreign);

        var result = await SwapAsync(origin, Stage("a"), null, New);
        await origin.AbandonAsync(Stage("a"), default);

        Assert.Null(result.Written);
        Assert.Equal(Foreign.Length, result.Conflict!.Actual!.SizeBytes);
        Assert.Equal(Foreign, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task After_a_conflict_the_same_content_can_be_written_over_what_stands_there()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Foreign);

        var refused = await ReplaceAsync(origin, Stage("a"), null, New);
        var written = await ReplaceAsync(origin, Stage("a", 2), refused.Conflict!.Actual, New);

        Assert.NotNull(written.Written);
        Assert.Equal(New, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }
}
