using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

public abstract partial class OriginContract
{
    [SkippableTheory]
    [InlineData("a.txt")]
    [InlineData("deep/er/日本 😀.txt")]
    public async Task A_file_is_replaced_whole_and_nothing_is_left_beside_it(string path)
    {
        var origin = await OriginAsync();
        await PutAsync(path, Old);

        var result = await ReplaceAsync(origin, Stage(path), await OpenedAsync(origin, path), New);

        Assert.Equal(New, await GetAsync(path));
        Assert.Equal([path], await PathsAsync());
        Assert.Null(result.Conflict);
        Assert.Null(result.ConflictCopy);
        Assert.Equal(Sha256(New), result.Written!.Sha256);
        Assert.Equal(await origin.FindAsync(path, default), result.Written with { Sha256 = null });
    }

    [SkippableFact]
    public async Task What_a_swap_reports_is_what_the_next_write_expects()
    {
        var origin = await OriginAsync();
        Fingerprint? expected = null;
        for (var fence = 1; fence <= 3; fence++)
        {
            var result = await ReplaceAsync(origin, Stage("a", fence), expected, [(byte)fence]);
            expected = result.Written;
            Assert.NotNull(expected);
        }

        Assert.Equal([3], await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((20 << 20) + 7)]
    public async Task Content_of_any_size_is_written_byte_by_byte_and_its_progress_told(int size)
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var bytes = PatternStream.Bytes(size);
        var expected = await OpenedAsync(origin, "a");
        await origin.PrepareAsync(Stage("a"), false, default);
        var progress = new ProgressList();

        await origin.WriteAsync(Stage("a"), Content(bytes), progress, default);
        var result = await SwapAsync(origin, Stage("a"), expected, bytes);

        Assert.Equal(size, result.Written!.SizeBytes);
        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(progress.Reports.Order(), progress.Reports);
        if (size > 0) Assert.Equal(size, progress.Reports[^1]);
    }

    [SkippableTheory]
    [InlineData("other bytes")]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("empty")]
    public async Task Content_that_is_not_what_was_announced_never_reaches_the_origin(string damage)
    {
        var bytes = damage switch
        {
            "other bytes" => "THE NEW CONTENT"u8.ToArray(),
            "short" => New[..^1],
            "long" => [.. New, 0],
            _ => [],
        };
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        await origin.PrepareAsync(Stage("a"), false, default);

        await RefusedAsync(
            ErrorCode.Unavailable,
            () => origin.WriteAsync(Stage("a"), Content(New, offset => new MemoryStream(bytes[(int)offset..])), null, default));

        // Nor can it be swapped in afterwards.
        await Assert.ThrowsAsync<CacheException>(() => SwapAsync(origin, Stage("a"), expected, New));
        await origin.AbandonAsync(Stage("a"), default);
        Assert.Equal(Old, await GetAsync("a"));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Content_that_breaks_off_can_be_given_up_and_written_anew()
    {
        var origin = await OriginAsync();
        await PutAsync("a", Old);
        var expected = await OpenedAsync(origin, "a");
        var bytes = PatternStream.Bytes(1 << 20);
        await origin.PrepareAsync(Stage("a"), false, default);
        await RefusedAsync(ErrorCode.Unavailable, () => origin.WriteAsync(Stage("a"), Breaking(bytes, 600_000), null, default));

        await origin.AbandonAsync(Stage("a"), default);
        var result = await ReplaceAsync(origin, Stage("a", 2), expected, bytes);

        Assert.NotNull(result.Written);
        Assert.True((await GetAsync("a")).AsSpan().SequenceEqual(bytes));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task A_read_only_origin_reads_and_does_not_prepare()
    {
        var origin = await OriginAsync(readOnly: true);
        await PutAsync("a", Old);

        Assert.True(origin.ReadOnly);
        await OpenedAsync(origin, "a");
        await RefusedAsync(ErrorCode.Forbidden, () => origin.PrepareAsync(Stage("a"), true, default));
        Assert.Equal(["a"], await PathsAsync());
    }

    [SkippableFact]
    public async Task A_new_file_appears_whole_with_the_folders_that_it_needs()
    {
        var origin = await OriginAsync();
        await origin.PrepareAsync(Stage("new/deep er/a.txt"), true, default);
        await origin.WriteAsync(Stage("new/deep er/a.txt"), Content(New), null, default);

        var result = await SwapAsync(origin, Stage("new/deep er/a.txt"), null, New);

        Assert.NotNull(result.Written);
        Assert.Equal(New, await GetAsync("new/deep er/a.txt"));
        Assert.Equal(["new/deep er/a.txt"], await PathsAsync());

        // What is there already is fine.
        await origin.PrepareAsync(Stage("new/deep er/b.txt", 2), true, default);
        await origin.AbandonAsync(Stage("new/deep er/b.txt", 2), default);
    }

    [SkippableFact]
    public async Task A_missing_folder_is_not_found_unless_it_may_be_made()
    {
        var origin = await OriginAsync();
        Skip.IfNot(HasFolders, "Here a path needs no folders.");

        await RefusedAsync(ErrorCode.NotFound, () => origin.PrepareAsync(Stage("new/a.txt"), false, default));

        await PutAsync("file", Old);
        await RefusedAsync(ErrorCode.InvalidArgument, () => origin.PrepareAsync(Stage("file/a.txt"), true, default));
        Assert.Equal(["file"], await PathsAsync());
    }

    private static OriginContent Breaking(byte[] bytes, int at) =>
        Content(bytes, offset => new PatternStream(bytes.Length - offset, offset, (at - offset, new IOException("The connection broke."))));

    private sealed class ProgressList : IProgress<long>
    {
        public List<long> Reports { get; } = [];

        public void Report(long value) => Reports.Add(value);
    }
}
