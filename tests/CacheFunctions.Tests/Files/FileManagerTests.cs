using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Tests.Content;
using CacheFunctions.Tests.Content.Compression;

namespace CacheFunctions.Tests.Files;

/// <summary>What is stored comes back, under the document's names, to whom it may.</summary>
public sealed class FileManagerTests
{
    private readonly FileWorld _world = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(3_000_001)]
    public async Task A_file_reads_back_whole_and_in_parts_however_it_is_kept(int length)
    {
        foreach (var (compress, encrypt) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var bytes in new[] { GzipFramesTests.Words(length), PatternStream.Bytes(length) })
            {
                var file = await _world.PutAsync(FileWorld.App(), bytes, compress, encrypt);
                Assert.Equal((length, encrypt, Convert.ToHexStringLower(SHA256.HashData(bytes))), (file.SizeBytes, file.Encrypted, file.Sha256));
                Assert.Equal(bytes, await _world.ReadAsync(FileWorld.App()));
                if (length == 0) continue;
                var (from, count) = (length / 3, Math.Max(1, length / 2));
                Assert.Equal(bytes.AsSpan(from, Math.Min(count, length - from)).ToArray(), await _world.ReadAsync(FileWorld.App(), from, Math.Min(count, length - from)));
            }
        }
    }

    [Fact]
    public async Task It_lies_under_the_documents_path_encrypted_unless_said_otherwise()
    {
        var text = "the text of a post"u8.ToArray();
        var file = await _world.Manager.UploadFileWithCacheAsync(Caller.Machine, "blog", StorageLevel.App, "posts/123/image.jpg", text);
        Assert.True(file.Encrypted);
        Assert.Equal("application/octet-stream", file.ContentType);
        Assert.Equal(-1, _world.Store.Bytes("blog/app/posts/123/image.jpg").AsSpan().IndexOf(text));
        Assert.Equal(text, await _world.Manager.DownloadFileWithCacheAsync(Caller.Machine, "blog", StorageLevel.App, "posts/123/image.jpg"));

        await _world.PutAsync(FileWorld.Of("42", "avatar.png"), text, encrypt: false);
        Assert.Equal(text, _world.Store.Bytes("social/user/42/avatar.png"));
    }

    [Fact]
    public async Task The_compressed_form_is_kept_where_it_is_smaller()
    {
        var words = await _world.PutAsync(FileWorld.App("words"), GzipFramesTests.Words(300_000), compress: true);
        Assert.True(words is { Compressed: true } && words.StoredBytes < 150_000, $"{words.StoredBytes} bytes are stored.");
        var noise = await _world.PutAsync(FileWorld.App("noise"), PatternStream.Bytes(300_000), compress: true, encrypt: false);
        Assert.Equal((false, 300_000), (noise.Compressed, noise.StoredBytes));
    }

    [Fact]
    public async Task A_range_of_a_large_file_reads_little_of_it()
    {
        await _world.PutAsync(FileWorld.App(), GzipFramesTests.Words(8 << 20), compress: true);
        var read = 0L;
        _world.Store.Opened += (_, length) => read += length;
        Assert.Equal(100, (await _world.ReadAsync(FileWorld.App(), 5 << 20, 100)).Length);
        // A chunk for the index, and the chunks that hold one frame.
        Assert.InRange(read, 1, 5 * 65_552);
    }

    [Fact]
    public async Task What_is_told_of_a_file_survives_its_replacement_where_it_should()
    {
        var first = await _world.PutAsync(FileWorld.App(), [1]);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        var metadata = new Dictionary<string, string> { ["Author"] = "Zoë", [""] = "x" };
        await RefusedAsync("metadata", () => _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File([2]) with { Metadata = metadata }));
        metadata.Remove("");
        var (second, isNew) = await _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File([2]) with { Metadata = metadata, ContentType = "image/webp" });
        Assert.False(isNew);
        Assert.Equal((first.CreatedAt, first.LastModified.AddMinutes(5), "image/webp"), (second.CreatedAt, second.LastModified, second.ContentType));
        Assert.NotEqual(first.ETag, second.ETag);
        var told = await _world.Manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App());
        Assert.Equal("Zoë", told!.Metadata["Author"]);
        metadata["long"] = new string('x', 4_000);
        await RefusedAsync("metadata", () => _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File([2]) with { Metadata = metadata }));
    }

    [Fact]
    public async Task What_is_not_there_has_the_documents_error_and_no_metadata()
    {
        Assert.Null(await _world.Manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App()));
        var error = await Assert.ThrowsAsync<FileNotFoundError>(() => _world.ReadAsync(FileWorld.App()));
        Assert.Equal(ErrorCode.FileNotFound, error.Code);
        await Assert.ThrowsAsync<FileNotFoundError>(() => _world.Manager.DeleteFileAsync(Caller.Machine, FileWorld.App()));
        await _world.PutAsync(FileWorld.App(), [1]);
        await _world.Manager.DeleteFileAsync(Caller.Machine, FileWorld.App());
        await Assert.ThrowsAsync<FileNotFoundError>(() => _world.ReadAsync(FileWorld.App()));
    }

    [Fact]
    public async Task Conditions_protect_against_lost_updates()
    {
        var first = await _world.PutAsync(FileWorld.App(), [1]);
        await FailsAsync(new FileConditions(MustBeNew: true));
        await FailsAsync(new FileConditions(["\"other\""]));
        await _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File([2]), new FileConditions([first.ETag]));
        await FailsAsync(new FileConditions([first.ETag]));
        await Assert.ThrowsAsync<CacheException>(() => _world.Manager.DeleteFileAsync(Caller.Machine, FileWorld.App(), new FileConditions([first.ETag])));
        Assert.Equal([2], await _world.ReadAsync(FileWorld.App()));

        async Task FailsAsync(FileConditions conditions)
        {
            var error = await Assert.ThrowsAsync<CacheException>(() => _world.Manager.UploadFileAsync(Caller.Machine, FileWorld.App(), FileWorld.File([9]), conditions));
            Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        }
    }

    [Fact]
    public async Task A_list_shows_one_space_page_by_page()
    {
        foreach (var name in new[] { "b", "a/1", "a/2", "c" }) await _world.PutAsync(FileWorld.Of("alice", name), [1, 2, 3]);
        await _world.PutAsync(FileWorld.Of("alice2", "d"), [1]);
        var (page, cursor) = await _world.Manager.ListFilesAsync(FileWorld.Alice, FileWorld.Of("alice").Space, maxKeys: 3);
        Assert.Equal(["a/1", "a/2", "b"], page.Select(file => file.Filename));
        Assert.All(page, file => Assert.Equal((3, "alice"), (file.SizeBytes, file.UserId)));
        var (rest, end) = await _world.Manager.ListFilesAsync(FileWorld.Alice, FileWorld.Of("alice").Space, maxKeys: 3, cursor: cursor);
        Assert.Equal(("c", null), (Assert.Single(rest).Filename, end));
        Assert.Equal(2, (await _world.Manager.ListFilesAsync(FileWorld.Alice, FileWorld.Of("alice").Space, "a/")).Files.Count);
    }

    [Fact]
    public async Task Users_reach_their_own_files_and_what_is_shown_to_them()
    {
        await _world.PutAsync(FileWorld.App(), [1]);
        await _world.Manager.UploadFileAsync(FileWorld.Alice, FileWorld.Of("alice", "own"), FileWorld.File([2]));
        await _world.Manager.UploadFileAsync(FileWorld.Alice, FileWorld.Of("alice", "shown"), FileWorld.File([3]) with { Visibility = FileVisibility.Domain });

        await _world.Manager.DownloadFileAsync(FileWorld.Bob, FileWorld.App());
        await _world.Manager.DownloadFileAsync(FileWorld.Bob, FileWorld.Of("alice", "shown"));
        var hidden = await Assert.ThrowsAsync<FileNotFoundError>(() => _world.Manager.DownloadFileAsync(FileWorld.Bob, FileWorld.Of("alice", "own")));
        var missing = await Assert.ThrowsAsync<FileNotFoundError>(() => _world.Manager.DownloadFileAsync(FileWorld.Bob, FileWorld.Of("alice", "own2")));
        Assert.Equal(missing.Message.Replace("own2", "own", StringComparison.Ordinal), hidden.Message);
        Assert.Null(await _world.Manager.GetFileMetadataAsync(FileWorld.Bob, FileWorld.Of("alice", "own")));
        await _world.Manager.DownloadFileAsync(new Caller("root", true), FileWorld.Of("alice", "own"));

        foreach (var refused in new Func<Task>[]
        {
            () => _world.Manager.UploadFileAsync(FileWorld.Bob, FileWorld.Of("alice", "shown"), FileWorld.File([9])),
            () => _world.Manager.UploadFileAsync(FileWorld.Bob, FileWorld.App(), FileWorld.File([9])),
            () => _world.Manager.DeleteFileAsync(FileWorld.Bob, FileWorld.Of("alice", "shown")),
            () => _world.Manager.DeleteFileAsync(FileWorld.Bob, FileWorld.App()),
            () => _world.Manager.ListFilesAsync(FileWorld.Bob, FileWorld.Of("alice").Space),
        })
            Assert.Equal(ErrorCode.Forbidden, (await Assert.ThrowsAsync<CacheException>(refused)).Code);
    }

    [Theory]
    [InlineData("Blog", "a", "domain")]
    [InlineData("", "a", "domain")]
    [InlineData("../x", "a", "domain")]
    [InlineData("blog", "", "filename")]
    [InlineData("blog", "../a", "filename")]
    [InlineData("blog", "a/../b", "filename")]
    [InlineData("blog", "/a", "filename")]
    [InlineData("blog", "a//b", "filename")]
    [InlineData("blog", "a/", "filename")]
    [InlineData("blog", "a\\b", "filename")]
    [InlineData("blog", "a\u0001", "filename")]
    [InlineData("blog", "a%2Fb", "filename")]
    [InlineData("blog", "a./b", "filename")]
    [InlineData("blog", "a\uFFFF", "filename")]
    public void Names_that_storage_cannot_keep_exactly_are_refused(string domain, string name, string field)
    {
        var error = Assert.Throws<CacheException>(() => FileAddress.Of(domain, StorageLevel.App, name));
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        Assert.StartsWith(field, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a\\b")]
    public void A_user_is_one_level_of_a_name(string? user) =>
        Assert.StartsWith("user_id", Assert.Throws<CacheException>(() => FileAddress.Of("blog", StorageLevel.User, "a", user)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task What_was_put_straight_into_storage_is_served_as_it_is()
    {
        _world.Store.Put("blog/app/foreign.txt", "foreign"u8.ToArray(), new Dictionary<string, string>());
        Assert.Equal("foreign"u8.ToArray(), await _world.ReadAsync(FileWorld.App("foreign.txt")));
        Assert.Equal("rei"u8.ToArray(), await _world.ReadAsync(FileWorld.App("foreign.txt"), 2, 3));
        var told = await _world.Manager.GetFileMetadataAsync(Caller.Machine, FileWorld.App("foreign.txt"));
        Assert.Equal((false, null, "text/plain"), (told!.Encrypted, told.Sha256, told.ContentType));
    }

    private static async Task RefusedAsync(string field, Func<Task> work) =>
        Assert.StartsWith(field, (await Assert.ThrowsAsync<CacheException>(work)).Message, StringComparison.Ordinal);
}
