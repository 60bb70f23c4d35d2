using CacheFunctions.Errors;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Content that is not what was announced, or cannot be read or written, never reaches the origin.</summary>
public class DirectoryDamageTests
{
    private static readonly byte[] Old = "old content"u8.ToArray();
    private static readonly byte[] New = "the new content"u8.ToArray();

    public static TheoryData<string> Damages => new("other bytes", "short", "long", "empty");

    [SkippableTheory]
    [MemberData(nameof(Damages))]
    public async Task Content_that_is_not_what_was_announced_is_refused(string damage)
    {
        var bytes = damage switch
        {
            "other bytes" => "THE NEW CONTENT"u8.ToArray(),
            "short" => New[..^1],
            "long" => [.. New, 0],
            _ => [],
        };
        using var root = new OriginRoot();
        root.Put("a", Old);
        var expected = await root.OpenedAsync("a");
        var staged = OriginRoot.Stage("a");
        await root.Origin.PrepareAsync(staged, false, default);

        var error = await Assert.ThrowsAsync<CacheException>(
            () => root.Origin.WriteAsync(staged, OriginRoot.Content(new MemoryStream(bytes), New.Length, OriginRoot.Sha256(New)), null, default));
        Assert.Equal(ErrorCode.Unavailable, error.Code);

        // Nor can it be swapped in afterwards.
        await Assert.ThrowsAsync<CacheException>(() => root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256(New), "kept", default));
        await root.Origin.AbandonAsync(staged, default);
        Assert.Equal(Old, root.Bytes("a"));
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task A_failure_of_the_content_is_not_blamed_on_the_origin()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        var staged = OriginRoot.Stage("a");
        await root.Origin.PrepareAsync(staged, false, default);
        var source = new PatternStream(1000, failure: (500, new IOException("The connection broke.")));

        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.WriteAsync(staged, OriginRoot.Content(source, 1000, OriginRoot.Sha256(New)), null, default));

        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.Contains("Storage", error.Message, StringComparison.Ordinal);
        Assert.Equal(Old, root.Bytes("a"));
    }

    [SkippableFact]
    public async Task A_full_disk_leaves_the_origin_as_it_is_and_says_so()
    {
        using var disk = new MountedDisk("size=1m");
        using var root = new OriginRoot(disk.Folder);
        var old = PatternStream.Bytes(300 << 10);
        root.Put("a", old);
        var expected = await root.OpenedAsync("a");
        var staged = OriginRoot.Stage("a");

        var error = await Assert.ThrowsAsync<CacheException>(() => root.WriteAsync(staged, PatternStream.Bytes(900 << 10)));
        Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        Assert.Equal(old, root.Bytes("a"));

        await root.Origin.AbandonAsync(staged, default);
        Assert.Equal(["a"], root.Entries);
        Assert.NotNull((await root.ReplaceAsync(OriginRoot.Stage("a", 2), expected, New)).Written);
    }

    [SkippableFact]
    public async Task A_disk_without_room_for_another_file_says_so_before_anything_is_recorded()
    {
        using var disk = new MountedDisk("nr_inodes=2");
        using var root = new OriginRoot(disk.Folder);
        root.Put("a", Old);

        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.PrepareAsync(OriginRoot.Stage("a"), false, default));

        Assert.Equal(ErrorCode.QuotaExceeded, error.Code);
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task A_disk_that_turns_read_only_is_forbidden_and_still_read()
    {
        using var disk = new MountedDisk("size=1m");
        using var root = new OriginRoot(disk.Folder);
        root.Put("a", Old);
        var expected = await root.OpenedAsync("a");
        var staged = OriginRoot.Stage("a");
        await root.WriteAsync(staged, New);
        disk.Remount("ro");

        Func<Task>[] calls =
        [
            () => root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256(New), "kept", default),
            () => root.Origin.TakeOverAsync(staged, expected, OriginRoot.Sha256(New), "kept", default),
            () => root.Origin.PrepareAsync(OriginRoot.Stage("a", 2), false, default),
        ];
        foreach (var call in calls) Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CacheException>(call)).Code);
        Assert.Equal(Old, root.Bytes("a"));

        disk.Remount("rw");
        var taken = await root.Origin.TakeOverAsync(staged, expected, OriginRoot.Sha256(New), "kept", default);
        Assert.Null(taken.Written);
        Assert.Equal(["a"], root.Entries);
    }

    [SkippableFact]
    public async Task A_file_that_may_not_be_replaced_is_forbidden_and_stays()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        var staged = OriginRoot.Stage("a");
        Skip.If(OriginRoot.Run("chattr", "+i", root.At("a")) != 0, "This file system or account cannot make files immutable.");
        try
        {
            var expected = await root.OpenedAsync("a");
            await root.WriteAsync(staged, New);

            var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.SwapAsync(staged, expected, OriginRoot.Sha256(New), "kept", default));

            Assert.Equal(ErrorCode.Forbidden, error.Code);
            await root.Origin.AbandonAsync(staged, default);
            Assert.Equal(["a"], root.Entries);
            Assert.Equal(Old, root.Bytes("a"));
        }
        finally
        {
            OriginRoot.Run("chattr", "-i", root.At("a"));
        }
    }
}
