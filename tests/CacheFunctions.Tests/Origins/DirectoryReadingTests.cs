using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Origins;

public class DirectoryReadingTests
{
    private static readonly byte[] Old = "the old content"u8.ToArray();

    [SkippableTheory]
    [InlineData("a.txt")]
    [InlineData("deep/er/日本 😀.txt")]
    public async Task A_file_reads_whole_with_its_size_and_time(string path)
    {
        using var root = new OriginRoot();
        root.Put(path, Old);

        await using var file = await root.Origin.OpenReadAsync(path, default);

        Assert.Equal(Old, await ReadAsync(file.Content));
        Assert.Equal(Old.Length, file.Fingerprint.SizeBytes);
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero), file.Fingerprint.ModifiedAt);
        Assert.Null(file.Fingerprint.Sha256);
        Assert.False(await file.HasChangedAsync());
        Assert.Equal(file.Fingerprint, await root.Origin.FindAsync(path, default));
    }

    [SkippableFact]
    public async Task An_empty_file_reads_as_empty()
    {
        using var root = new OriginRoot();
        root.Put("a", []);

        await using var file = await root.Origin.OpenReadAsync("a", default);

        Assert.Empty(await ReadAsync(file.Content));
        Assert.Equal(0, file.Fingerprint.SizeBytes);
    }

    public static TheoryData<string> Changes => new("overwritten", "truncated", "appended", "replaced", "removed", "touched");

    [SkippableTheory]
    [MemberData(nameof(Changes))]
    public async Task A_file_that_changes_while_it_is_open_says_so(string change)
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        await using var file = await root.Origin.OpenReadAsync("a", default);
        Assert.False(await file.HasChangedAsync());

        Change(root, change);

        Assert.True(await file.HasChangedAsync());
        var now = await root.Origin.FindAsync("a", default);
        Assert.False(now?.IsSameVersion(file.Fingerprint) ?? false);
    }

    [SkippableFact]
    public async Task A_file_that_is_replaced_while_it_is_open_still_reads_as_it_was()
    {
        using var root = new OriginRoot();
        root.Put("a", Old);
        await using var file = await root.Origin.OpenReadAsync("a", default);

        Change(root, "replaced");

        Assert.Equal(Old, await ReadAsync(file.Content));
    }

    [SkippableTheory]
    [InlineData("missing")]
    [InlineData("missing/a")]
    [InlineData("a/b")]
    public async Task A_missing_file_or_folder_is_not_found(string path)
    {
        using var root = new OriginRoot();
        root.Put("a", Old);

        Assert.Null(await root.Origin.FindAsync(path, default));
        var error = await Assert.ThrowsAsync<CacheException>(() => root.Origin.OpenReadAsync(path, default));
        Assert.Equal(ErrorCode.NotFound, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(root.Folder, error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_root_that_is_not_there_is_unavailable_since_its_files_may_well_exist(bool isFile)
    {
        using var outer = new OriginRoot();
        if (isFile) outer.Put("gone", Old);
        using var root = new OriginRoot(outer.At("gone"));
        var staged = OriginRoot.Stage("a");

        Func<Task>[] calls =
        [
            () => root.Origin.FindAsync("a", default),
            () => root.Origin.OpenReadAsync("a", default),
            () => root.Origin.PrepareAsync(staged, false, default),
            () => root.Origin.WriteAsync(staged, OriginRoot.Content(Stream.Null, 0, OriginRoot.Sha256([])), null, default),
            () => root.Origin.SwapAsync(staged, null, OriginRoot.Sha256([]), "kept", default),
            () => root.Origin.TakeOverAsync(staged, null, OriginRoot.Sha256([]), "kept", default),
            () => root.Origin.AbandonAsync(staged, default),
        ];

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<CacheException>(call);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
            Assert.NotNull(error.RetryAfter);
            Assert.DoesNotContain(root.Folder, error.Message, StringComparison.Ordinal);
        }
    }

    private static void Change(OriginRoot root, string change)
    {
        switch (change)
        {
            case "overwritten":
                using (var file = File.OpenWrite(root.At("a"))) file.Write("THE OLD CONTENT"u8);
                break;
            case "truncated":
                using (var file = File.OpenWrite(root.At("a"))) file.SetLength(3);
                break;
            case "appended":
                File.AppendAllText(root.At("a"), "more");
                break;
            case "replaced":
                root.Put("b", "the new content"u8.ToArray());
                File.Move(root.At("b"), root.At("a"), overwrite: true);
                break;
            case "removed":
                File.Delete(root.At("a"));
                break;
            case "touched":
                File.SetLastWriteTimeUtc(root.At("a"), new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
        }
    }

    private static async Task<byte[]> ReadAsync(Stream content)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }
}
