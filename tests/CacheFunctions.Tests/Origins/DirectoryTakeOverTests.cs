using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>
/// A write that was stopped anywhere: whoever takes it over learns whether it landed, the origin is one whole version,
/// and no temporary is left. States that no call leaves behind are built by hand, with the names of StagedNames.
/// </summary>
public class DirectoryTakeOverTests
{
    private static readonly byte[] Old = "old content"u8.ToArray();
    private static readonly byte[] New = "the new content"u8.ToArray();
    private static readonly byte[] Foreign = "what somebody else wrote"u8.ToArray();
    private static readonly StagedFile Staged = OriginRoot.Stage("folder/a.txt");
    private static readonly string Part = $"folder/{Staged.TemporaryName}.part";
    private static readonly string Ready = $"folder/{Staged.TemporaryName}.ready";
    private static readonly string Taken = $"folder/{Staged.TemporaryName}.taken";
    private const string Kept = "folder/a (conflict origin).txt";

    [SkippableTheory]
    [InlineData("prepared", false)]
    [InlineData("half written", false)]
    [InlineData("written", false)]
    [InlineData("written, take-over stopped", false)]
    [InlineData("exchanged", true)]
    [InlineData("exchanged, take-over stopped", true)]
    [InlineData("exchanged and cleared", true)]
    public async Task A_replacement_that_stopped_is_ended_and_told_whether_it_landed(string stoppedAt, bool landed)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        await StopAsync(root, stoppedAt, Old);

        await AssertEndedAsync(root, expected, landed, landed ? New : Old);
    }

    [SkippableTheory]
    [InlineData("prepared", false)]
    [InlineData("half written", false)]
    [InlineData("written", false)]
    [InlineData("written, take-over stopped", false)]
    [InlineData("linked", true)]
    [InlineData("linked, take-over stopped", true)]
    [InlineData("renamed", true)]
    public async Task A_new_file_that_stopped_is_ended_and_told_whether_it_landed(string stoppedAt, bool landed)
    {
        using var root = new OriginRoot();
        Directory.CreateDirectory(root.At("folder"));
        await StopAsync(root, stoppedAt, null);

        await AssertEndedAsync(root, null, landed, landed ? New : null);
    }

    [SkippableTheory]
    [InlineData("exchanged")]
    [InlineData("exchanged, take-over stopped")]
    public async Task A_version_that_nobody_expected_and_that_the_swap_displaced_is_kept(string stoppedAt)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        root.Put(Staged.Path, Foreign);
        await StopAsync(root, stoppedAt, Foreign);

        var first = await TakeOverAsync(root, expected);
        var second = await TakeOverAsync(root, expected);

        Assert.Equal((OriginRoot.Sha256(New), Kept), (first.Written!.Sha256, first.ConflictCopy));
        Assert.Equal(OriginRoot.Sha256(New), second.Written!.Sha256);
        Assert.Equal(New, root.Bytes(Staged.Path));
        Assert.Equal(Foreign, root.Bytes(Kept));
        Assert.Equal(["folder", Kept, Staged.Path], root.Entries);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_displaced_version_is_kept_even_where_its_name_is_taken(int more)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        root.Put(Kept, Old);
        for (var i = 0; i < more; i++) root.Put($"folder/a (conflict origin) {i + 2}.txt", Old);
        await StopAsync(root, "exchanged", Foreign);

        var result = await TakeOverAsync(root, expected);

        Assert.Equal($"folder/a (conflict origin) {more + 2}.txt", result.ConflictCopy);
        Assert.Equal(Foreign, root.Bytes(result.ConflictCopy!));
        Assert.Equal(Old, root.Bytes(Kept));
        Assert.Equal(New, root.Bytes(Staged.Path));
    }

    [SkippableTheory]
    [InlineData("prepared")]
    [InlineData("written")]
    [InlineData("exchanged and cleared")]
    public async Task What_somebody_wrote_after_the_stop_is_left_alone(string stoppedAt)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        await StopAsync(root, stoppedAt, Old);
        root.Put(Staged.Path, Foreign);

        await AssertEndedAsync(root, expected, landed: false, Foreign);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_sleeper_that_wakes_after_the_take_over_changes_nothing(bool isNextDone)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);

        await root.Origin.PrepareAsync(Staged, false, default);
        await TakeOverAsync(root, expected);
        await AssertConflictAsync(() => root.Origin.WriteAsync(Staged, OriginRoot.Content(new MemoryStream(New), New.Length, OriginRoot.Sha256(New)), null, default));

        await root.WriteAsync(Staged, New);
        await TakeOverAsync(root, expected);
        if (isNextDone) await root.ReplaceAsync(Staged with { TemporaryName = ".cachefunctions-2-fedcba9876543210" }, expected, Foreign);
        await AssertConflictAsync(async () =>
        {
            var late = await root.Origin.SwapAsync(Staged, expected, OriginRoot.Sha256(New), Kept, default);
            if (isNextDone && late is { Written: null, Conflict: not null }) throw new CacheException(ErrorCode.Conflict, "told as a result");
        });

        Assert.Equal(isNextDone ? Foreign : Old, root.Bytes(Staged.Path));
        Assert.Equal(["folder", Staged.Path], root.Entries);
    }

    [SkippableFact]
    public async Task The_sleeper_that_is_taken_over_while_it_writes_changes_nothing()
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        await root.Origin.PrepareAsync(Staged, false, default);
        var bytes = PatternStream.Bytes(2 << 20);
        using var content = new InterruptedStream(new MemoryStream(bytes), atRead: 3, () => TakeOverAsync(root, expected));

        await AssertConflictAsync(() => root.Origin.WriteAsync(Staged, OriginRoot.Content(content, bytes.Length, OriginRoot.Sha256(bytes)), null, default));

        Assert.True(content.WasInterrupted);
        Assert.Equal(Old, root.Bytes(Staged.Path));
        Assert.Equal(["folder", Staged.Path], root.Entries);
    }

    [SkippableTheory]
    [InlineData("half written")]
    [InlineData("written")]
    [InlineData("written, take-over stopped")]
    public async Task A_write_that_its_own_instance_gives_up_leaves_nothing_even_if_a_take_over_of_it_stopped(string stoppedAt)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        await StopAsync(root, stoppedAt, Old);

        await root.Origin.AbandonAsync(Staged, default);

        Assert.Equal(["folder", Staged.Path], root.Entries);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_dead_take_over_had_claimed_of_a_swap_is_removed_if_it_was_expected_and_kept_otherwise(bool isExpected)
    {
        using var root = new OriginRoot();
        root.Put(Staged.Path, Old);
        var expected = await root.OpenedAsync(Staged.Path);
        await StopAsync(root, "written", Old);
        // As when it claims what the swap has displaced, and dies, before the swap has looked at it.
        await File.WriteAllBytesAsync(root.At(Taken), isExpected ? Old : Foreign);

        var result = await root.Origin.SwapAsync(Staged, expected, OriginRoot.Sha256(New), Kept, default);

        Assert.NotNull(result.Written);
        Assert.Equal(New, root.Bytes(Staged.Path));
        Assert.Equal(isExpected ? null : Kept, result.ConflictCopy);
        Assert.Equal(isExpected ? ["folder", Staged.Path] : ["folder", Kept, Staged.Path], root.Entries);
        if (!isExpected) Assert.Equal(Foreign, root.Bytes(Kept));
    }

    private static async Task StopAsync(OriginRoot root, string at, byte[]? standing)
    {
        await root.Origin.PrepareAsync(Staged, false, default);
        if (at == "prepared") return;
        if (at == "half written")
        {
            await File.WriteAllBytesAsync(root.At(Part), New[..5]);
            return;
        }

        await root.Origin.WriteAsync(Staged, OriginRoot.Content(new MemoryStream(New), New.Length, OriginRoot.Sha256(New)), null, default);
        Assert.True(File.Exists(root.At(Ready)));
        if (at.StartsWith("exchanged", StringComparison.Ordinal))
        {
            await File.WriteAllBytesAsync(root.At(Staged.Path), New);
            await File.WriteAllBytesAsync(root.At(Ready), standing!);
        }

        if (at.StartsWith("linked", StringComparison.Ordinal)) File.Copy(root.At(Ready), root.At(Staged.Path));
        if (at == "renamed") File.Move(root.At(Ready), root.At(Staged.Path));
        if (at == "exchanged and cleared") File.Delete(root.At(Ready));
        if (at.EndsWith("take-over stopped", StringComparison.Ordinal)) File.Move(root.At(Ready), root.At(Taken));
    }

    private static Task<SwapResult> TakeOverAsync(OriginRoot root, Fingerprint? expected) =>
        root.Origin.TakeOverAsync(Staged, expected, OriginRoot.Sha256(New), Kept, default);

    private static async Task AssertEndedAsync(OriginRoot root, Fingerprint? expected, bool landed, byte[]? standing)
    {
        // The second time changes nothing and says the same.
        for (var i = 0; i < 2; i++)
        {
            var result = await TakeOverAsync(root, expected);
            var actual = landed ? result.Written : result.Conflict!.Actual;
            Assert.Equal(landed, result.Written is not null);
            Assert.Equal(landed, result.Conflict is null);
            Assert.Null(result.ConflictCopy);
            Assert.Equal(standing is null ? null : OriginRoot.Sha256(standing), actual?.Sha256);
            Assert.Equal((await root.Origin.FindAsync(Staged.Path, default))?.Version, actual?.Version);
            Assert.Equal(standing is null ? ["folder"] : ["folder", Staged.Path], root.Entries);
            if (standing is not null) Assert.Equal(standing, root.Bytes(Staged.Path));
        }
    }

    private static async Task AssertConflictAsync(Func<Task> act) =>
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<CacheException>(act)).Code);
}
