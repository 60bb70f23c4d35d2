using CacheFunctions.Errors;
using CacheFunctions.Origins;
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

        var claimed = await origin.ClaimAsync(Stage("a"), default);
        Assert.Equal(Stage("a").TemporaryName, claimed);
        // Several may try at once.
        Assert.Equal(claimed, await origin.ClaimAsync(Stage("a"), default));
        await origin.PrepareAsync(Second, false, default);
        var asked = new List<long>();
        var progress = new ProgressList();
        await origin.WriteAsync(Second, Content(bytes, offset => From(bytes, offset, asked)), progress, default);
        var result = await SwapAsync(origin, Second, expected, bytes);

        Assert.NotNull(result.Written);
        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(["a"], await PathsAsync());
        Assert.Equal(ResumesAt(brokeOffAt), Assert.Single(asked));
        Assert.Equal(progress.Reports.Order(), progress.Reports);
        Assert.Equal(Large, progress.Reports[^1]);
    }

    [SkippableFact]
    public async Task The_sleeper_whose_write_was_claimed_can_neither_go_on_nor_swap()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await origin.PrepareAsync(Stage("a"), false, default);
        await ClaimAsync(origin);

        await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Stage("a"), Content(New), null, default));
        await RefusedAsync(ErrorCode.Conflict, () => SwapAsync(origin, Stage("a"), expected, New));
        await origin.AbandonAsync(Stage("a"), default);
        Assert.Equal(Old, await GetAsync("a"));

        await origin.WriteAsync(Second, Content(New), null, default);
        Assert.NotNull((await SwapAsync(origin, Second, expected, New)).Written);
        Assert.Equal(New, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task What_the_sleeper_still_writes_reaches_nothing_that_is_swapped_in()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        var bytes = PatternStream.Bytes(Large);
        var theirs = bytes.ToArray();
        await origin.PrepareAsync(Stage("a"), false, default);
        // The whole of the other's write happens while the sleeper reads one buffer; and then it reads something else.
        var slow = Content(bytes, offset => new InterruptedStream(new MemoryStream(theirs, (int)offset, Large - (int)offset), atRead: 40, async () =>
        {
            await ClaimAsync(origin);
            await origin.WriteAsync(Second, Content(bytes), null, default);
            Assert.NotNull((await SwapAsync(origin, Second, expected, bytes)).Written);
            Array.Clear(theirs);
        }));

        Assert.NotNull(await Record.ExceptionAsync(() => origin.WriteAsync(Stage("a"), slow, null, default)));

        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task What_was_claimed_and_not_gone_on_with_is_claimed_again()
    {
        var origin = await OriginAsync();
        var bytes = PatternStream.Bytes(Large);
        await origin.PrepareAsync(Stage("a"), false, default);
        await RefusedAsync(ErrorCode.Unavailable, () => origin.WriteAsync(Stage("a"), Breaking(bytes, 17 << 20), null, default));
        await ClaimAsync(origin);

        // The second died before its first step; so the third has no less.
        var third = Stage("a", 3) with { Claimed = await origin.ClaimAsync(Second, default) };
        Assert.NotNull(third.Claimed);
        await origin.PrepareAsync(third, false, default);
        await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Second, Content(bytes), null, default));
        var asked = new List<long>();
        await origin.WriteAsync(third, Content(bytes, offset => From(bytes, offset, asked)), null, default);
        Assert.Equal(ResumesAt(17 << 20), Assert.Single(asked));
        Assert.NotNull((await SwapAsync(origin, third, null, bytes)).Written);
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_claimed_goes_with_the_write_that_claimed_it(bool takenOver)
    {
        var origin = await OriginAsync();
        await origin.PrepareAsync(Stage("a"), false, default);
        await RefusedAsync(ErrorCode.Unavailable, () => origin.WriteAsync(Stage("a"), Breaking(PatternStream.Bytes(Large), 9 << 20), null, default));
        await ClaimAsync(origin);

        if (takenOver) await TakeOverAsync(origin, Second, null, New);
        else await origin.AbandonAsync(Second, default);

        Assert.Empty(await PathsAsync());
    }

    [SkippableTheory]
    [InlineData("nothing")]
    [InlineData("written")]
    [InlineData("swapped")]
    public async Task What_is_not_partly_written_is_not_claimed(string stoppedAt)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await StopAsync(origin, Stage("a"), expected, stoppedAt);
        var before = await PathsAsync();

        Assert.Null(await origin.ClaimAsync(Stage("a"), default));

        Assert.Equal(before, await PathsAsync());
        await TakeOverAsync(origin, Stage("a"), expected, New);
        Assert.Equal(["a"], await PathsAsync());
    }

    private static StagedFile Second => Stage("a", 2) with { Claimed = Stage("a").TemporaryName };

    private static async Task ClaimAsync(IOrigin origin)
    {
        Assert.Equal(Second.Claimed, await origin.ClaimAsync(Stage("a"), default));
        await origin.PrepareAsync(Second, false, default);
    }

    private static PatternStream From(byte[] bytes, long offset, List<long> asked)
    {
        asked.Add(offset);
        return new PatternStream(bytes.Length - offset, offset);
    }
}
