using System.Runtime.Versioning;
using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Prepare, write, swap: the file is replaced whole, or stays as it is; nothing else is left in its folder.</summary>
[UnsupportedOSPlatform("windows")]
public class DirectoryWriteBackTests
{
    private static readonly byte[] Old = "old content"u8.ToArray();
    private static readonly byte[] New = "the new content"u8.ToArray();
    private static readonly byte[] Foreign = "what somebody else wrote"u8.ToArray();

    [SkippableTheory]
    [InlineData("a.txt")]
    [InlineData("deep/er/日本 😀.txt")]
    public async Task A_file_is_replaced_whole_and_nothing_is_left_beside_it(string path)
    {
        using var root = new OriginRoot();
        root.Put(path, Old);
        var before = root.Entries.ToList();

        var result = await root.ReplaceAsync(OriginRoot.Stage(path), await root.OpenedAsync(path), New);

        Assert.Equal(New, root.Bytes(path));
        Assert.Equal(before, root.Entries);
        Assert.Null(result.Conflict);
        Assert.Null(result.ConflictCopy);
        Assert.Equal(await root.Origin.FindAsync(path, default), result.Written! with { Sha256 = null });
        Assert.Equal(OriginRoot.Sha256(New), result.Written!.Sha256);
    }

    [SkippableFact]
    public async Task What_a_swap_reports_is_what_the_next_write_expects()
    {
        using var root = new OriginRoot();
        Fingerprint? expected = null;
        for (var fence = 1; fence <= 5; fence++)
        {
            var result = await root.ReplaceAsync(OriginRoot.Stage("a", fence), expected, [(byte)fence]);
            expected = result.Written;
            Assert.NotNull(expected);
        }

        Assert.Equal([5], root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task A_new_file_appears_whole()
    {
        using var root = new OriginRoot();

        var result = await root.ReplaceAsync(OriginRoot.Stage("a"), null, New);

        Assert.NotNull(result.Written);
        Assert.Equal(New, root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(5 << 20)]
    public async Task Content_of_any_size_is_written_byte_by_byte(int size)
    {
        using var root = new OriginRoot();
        root.Put("a", Old);

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), PatternStream.Bytes(size));

        Assert.Equal(PatternStream.Bytes(size), root.Bytes("a"));
    }

    [SkippableTheory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.SetGroup | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupExecute)]
    public async Task The_mode_is_kept(UnixFileMode mode)
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        File.SetUnixFileMode(root.At("a"), mode);

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), New);

        Assert.Equal(mode, File.GetUnixFileMode(root.At("a")));
    }

    [SkippableFact]
    public async Task The_owner_is_kept_where_the_service_may()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        Skip.If(OriginRoot.Run("chown", "4321:8765", root.At("a")) != 0, "Only root may give files away.");

        await root.ReplaceAsync(OriginRoot.Stage("a"), await root.OpenedAsync("a"), New);

        Assert.Equal(0, OriginRoot.Run("find", root.At("a"), "-uid", "4321", "-gid", "8765", "-newermt", "2021-01-01"));
        Assert.Equal(0, OriginRoot.Run("sh", "-c", "test \"$(stat -c %u:%g \"$1\")\" = 4321:8765", "sh", root.At("a")));
    }

    [SkippableFact]
    public async Task A_copy_of_a_private_file_is_private_while_it_is_written()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        File.SetUnixFileMode(root.At("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await root.Origin.PrepareAsync(OriginRoot.Stage("a"), false, default);

        var temporary = root.Entries.Single(entry => entry != "a");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(root.At(temporary)));
    }

    [SkippableFact]
    public async Task Swap_when_the_file_has_changed_then_conflict_with_what_stands_there()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        var expected = await root.OpenedAsync("a");
        root.Put("a", Foreign);

        var result = await root.ReplaceAsync(OriginRoot.Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.Equal(Foreign.Length, result.Conflict!.Actual!.SizeBytes);
        Assert.Equal((await root.Origin.FindAsync("a", default))!.Version, result.Conflict.Actual.Version);
        Assert.Equal(Foreign, root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task Swap_when_other_bytes_of_the_same_size_and_time_stand_there_then_conflict()
    {
        using var root = new OriginRoot();
        root.Put("a", "one"u8.ToArray());
        var expected = await root.OpenedAsync("a");
        root.Put("a", "two"u8.ToArray());

        var result = await root.ReplaceAsync(OriginRoot.Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.Equal("two"u8.ToArray(), root.Bytes("a"));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Swap_when_only_the_times_have_changed_then_no_conflict(bool isModified)
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        var expected = await root.OpenedAsync("a");
        if (isModified) File.SetLastWriteTimeUtc(root.At("a"), new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        else File.SetUnixFileMode(root.At("a"), UnixFileMode.UserRead);
        Assert.False((await root.Origin.FindAsync("a", default))!.IsSameVersion(expected));

        var result = await root.ReplaceAsync(OriginRoot.Stage("a"), expected, New);

        Assert.NotNull(result.Written);
        Assert.Equal(New, root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task Swap_when_the_file_has_vanished_then_conflict_with_nothing()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        var expected = await root.OpenedAsync("a");
        File.Delete(root.At("a"));

        var result = await root.ReplaceAsync(OriginRoot.Stage("a"), expected, New);

        Assert.Null(result.Written);
        Assert.Null(result.Conflict!.Actual);
        Assert.Empty(root.Entries);
    }

    [SkippableFact]
    public async Task Swap_when_a_file_appeared_where_none_was_expected_then_conflict()
    {
        using var root = new OriginRoot();
        var staged = OriginRoot.Stage("a");
        await root.WriteAsync(staged, New);
        root.Put("a", Foreign);

        var result = await root.Origin.SwapAsync(staged, null, OriginRoot.Sha256(New), "kept", default);
        await root.Origin.AbandonAsync(staged, default);

        Assert.Null(result.Written);
        Assert.Equal(Foreign.Length, result.Conflict!.Actual!.SizeBytes);
        Assert.Equal(Foreign, root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task A_folder_that_vanishes_is_not_found_and_abandoning_is_fine_then()
    {
        using var root = new OriginRoot();
        root.Put("folder/a", Old);
        var staged = OriginRoot.Stage("folder/a");
        await root.WriteAsync(staged, New);
        Directory.Delete(root.At("folder"), recursive: true);

        await root.Origin.AbandonAsync(staged, default);
        var taken = await root.Origin.TakeOverAsync(staged, null, OriginRoot.Sha256(New), "kept", default);

        Assert.Equal(new SwapResult(null, new OriginState(null)), taken);
        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.PrepareAsync(staged, false, default));
        Assert.Equal(ErrorCode.NotFound, error.Code);
    }

    [SkippableFact]
    public async Task A_temporary_name_is_used_once()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        await root.Origin.PrepareAsync(OriginRoot.Stage("a"), false, default);

        await Assert.ThrowsAsync<CacheException>(() => root.Origin.PrepareAsync(OriginRoot.Stage("a"), false, default));
    }
}
