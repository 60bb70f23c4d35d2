using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Writes that stopped somewhere, and who comes after them.</summary>
public abstract partial class OriginContract
{
    [SkippableTheory]
    [InlineData("nothing", true)]
    [InlineData("prepared", true)]
    [InlineData("broken off", true)]
    [InlineData("written", true)]
    [InlineData("swapped", true)]
    [InlineData("prepared", false)]
    [InlineData("broken off", false)]
    [InlineData("written", false)]
    [InlineData("swapped", false)]
    public async Task A_write_that_stopped_is_ended_and_told_whether_it_landed(string stoppedAt, bool hasOld)
    {
        var origin = await OriginAsync();
        if (hasOld) await PutAsync("a", Old);
        var expected = hasOld ? await OpenedAsync(origin, "a") : null;
        await StopAsync(origin, Stage("a"), expected, stoppedAt);
        var landed = stoppedAt == "swapped";
        var standing = landed ? New : hasOld ? Old : null;

        // The second time changes nothing and says the same.
        for (var i = 0; i < 2; i++)
        {
            var result = await TakeOverAsync(origin, Stage("a"), expected, New);
            Assert.Equal((landed, !landed), (result.Written is not null, result.Conflict is not null));
            var actual = result.Written ?? result.Conflict!.Actual;
            Assert.Equal(standing is null ? null : Sha256(standing), actual?.Sha256);
            Assert.Equal((await origin.FindAsync("a", default))?.Version, actual?.Version);
            Assert.Null(result.ConflictCopy);
            Assert.Equal(standing, await GetAsync("a"));
            Assert.Equal(standing is null ? [] : ["a"], await PathsAsync());
        }
    }

    [SkippableTheory]
    [InlineData("prepared")]
    [InlineData("written")]
    [InlineData("swapped")]
    public async Task What_somebody_wrote_after_the_stop_is_left_alone(string stoppedAt)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await StopAsync(origin, Stage("a"), expected, stoppedAt);
        await PutAsync("a", Foreign);

        var result = await TakeOverAsync(origin, Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.Equal(Sha256(Foreign), result.Conflict!.Actual!.Sha256);
        Assert.Equal(Foreign, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableTheory]
    [InlineData("prepared", true)]
    [InlineData("written", true)]
    [InlineData("prepared", false)]
    [InlineData("written", false)]
    public async Task The_sleeper_that_wakes_after_the_take_over_changes_nothing(string stoppedAt, bool hasOld)
    {
        var origin = await OriginAsync();
        if (hasOld) await PutAsync("a", Old);
        var expected = hasOld ? await OpenedAsync(origin, "a") : null;
        await StopAsync(origin, Stage("a"), expected, stoppedAt);
        await TakeOverAsync(origin, Stage("a"), expected, New);

        if (stoppedAt == "prepared")
            await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Stage("a"), Content(New), null, default));
        await RefusedAsync(ErrorCode.Conflict, () => SwapAsync(origin, Stage("a"), expected, New));

        Assert.Equal(hasOld ? Old : null, await GetAsync("a"));
        Assert.Equal(hasOld ? ["a"] : [], await PathsAsync());
    }

    [SkippableFact]
    public async Task The_sleeper_that_is_taken_over_while_it_writes_changes_nothing()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        var bytes = PatternStream.Bytes(20 << 20);
        await origin.PrepareAsync(Stage("a"), false, default);
        var content = Content(bytes, offset => new InterruptedStream(
            new MemoryStream(bytes[(int)offset..]), atRead: 3, () => TakeOverAsync(origin, Stage("a"), expected, bytes)));

        await RefusedAsync(ErrorCode.Conflict, () => origin.WriteAsync(Stage("a"), content, null, default));

        Assert.Equal(Old, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableTheory]
    [InlineData("nothing")]
    [InlineData("prepared")]
    [InlineData("broken off")]
    [InlineData("written")]
    public async Task A_write_that_is_abandoned_leaves_nothing_however_often(string stoppedAt)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        await StopAsync(origin, Stage("a"), null, stoppedAt);

        await origin.AbandonAsync(Stage("a"), default);
        await origin.AbandonAsync(Stage("a"), default);

        Assert.Equal(Old, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    /// <param name="at">How far the write of the new content comes.</param>
    private static async Task StopAsync(IOrigin origin, StagedFile staged, Fingerprint? expected, string at)
    {
        if (at == "nothing") return;
        await origin.PrepareAsync(staged, false, default);
        if (at == "prepared") return;
        if (at == "broken off")
        {
            var breaking = Content(New, _ => new PatternStream(5, failure: (3, new IOException("The connection broke."))));
            await RefusedAsync(ErrorCode.Unavailable, () => origin.WriteAsync(staged, breaking, null, default));
            return;
        }

        await origin.WriteAsync(staged, Content(New), null, default);
        if (at == "swapped") Assert.NotNull((await SwapAsync(origin, staged, expected, New)).Written);
    }
}
