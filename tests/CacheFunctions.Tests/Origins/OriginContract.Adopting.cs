using CacheFunctions.Errors;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Going on where an interrupted write ended.</summary>
public abstract partial class OriginContract
{
    private const int Large = (20 << 20) + 7;

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(5 << 20)]
    [InlineData(17 << 20)]
    public async Task A_write_that_broke_off_is_gone_on_with_under_another_name(int brokeOffAt)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        var bytes = PatternStream.Bytes(Large);
        await origin.PrepareAsync(Stage("a"), false, default);
        await RefusedAsync(ErrorCode.Unavailable, () => origin.WriteAsync(Stage("a"), Breaking(bytes, brokeOffAt), null, default));

        Assert.Equal(Adopts, await origin.AdoptAsync(Stage("a"), Stage("a", 2), default));
        if (!Adopts) return;
        // Several may try at once.
        Assert.True(await origin.AdoptAsync(Stage("a"), Stage("a", 2), default));
        var asked = new List<long>();
        var progress = new ProgressList();
        await origin.WriteAsync(Stage("a", 2), Content(bytes, offset => From(bytes, offset, asked)), progress, default);
        var result = await SwapAsync(origin, Stage("a", 2), expected, bytes);

        Assert.NotNull(result.Written);
        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(["a"], await PathsAsync());
        // No more than 8 MiB are read again, and nothing twice.
        Assert.InRange(Assert.Single(asked), Math.Max(0, brokeOffAt - (8 << 20)), brokeOffAt);
        Assert.Equal(progress.Reports.Order(), progress.Reports);
        Assert.Equal(Large, progress.Reports[^1]);
    }

    [SkippableFact]
    public async Task The_sleeper_whose_write_was_adopted_can_neither_go_on_nor_swap()
    {
        var origin = await OriginAsync();
        Skip.IfNot(Adopts, "Here nothing is adopted.");
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await origin.PrepareAsync(Stage("a"), false, default);
        Assert.True(await origin.AdoptAsync(Stage("a"), Stage("a", 2), default));

        await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Stage("a"), Content(New), null, default));
        await RefusedAsync(ErrorCode.Conflict, () => SwapAsync(origin, Stage("a"), expected, New));
        await origin.AbandonAsync(Stage("a"), default);
        Assert.Equal(Old, await GetAsync("a"));

        await origin.WriteAsync(Stage("a", 2), Content(New), null, default);
        Assert.NotNull((await SwapAsync(origin, Stage("a", 2), expected, New)).Written);
        Assert.Equal(New, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task The_sleeper_that_still_writes_while_another_goes_on_does_no_harm()
    {
        var origin = await OriginAsync();
        Skip.IfNot(Adopts, "Here nothing is adopted.");
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        var bytes = PatternStream.Bytes(Large);
        await origin.PrepareAsync(Stage("a"), false, default);
        // The whole of the other's write happens while the sleeper reads one buffer.
        var slow = Content(bytes, offset => new InterruptedStream(new MemoryStream(bytes[(int)offset..]), atRead: 40, async () =>
        {
            Assert.True(await origin.AdoptAsync(Stage("a"), Stage("a", 2), default));
            await origin.WriteAsync(Stage("a", 2), Content(bytes), null, default);
            Assert.NotNull((await SwapAsync(origin, Stage("a", 2), expected, bytes)).Written);
        }));

        await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Stage("a"), slow, null, default));

        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableTheory]
    [InlineData("nothing")]
    [InlineData("written")]
    [InlineData("swapped")]
    public async Task What_is_not_partly_written_is_not_adopted(string stoppedAt)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await StopAsync(origin, Stage("a"), expected, stoppedAt);
        var before = await PathsAsync();

        Assert.False(await origin.AdoptAsync(Stage("a"), Stage("a", 2), default));

        Assert.Equal(before, await PathsAsync());
        await TakeOverAsync(origin, Stage("a"), expected, New);
        Assert.Equal(["a"], await PathsAsync());
    }

    private static PatternStream From(byte[] bytes, long offset, List<long> asked)
    {
        asked.Add(offset);
        return new PatternStream(bytes.Length - offset, offset);
    }
}
