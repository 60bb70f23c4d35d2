using System.Net;
using System.Security.Cryptography;
using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Tests.Content;

namespace CacheFunctions.IntegrationTests.Client;

/// <summary>The file manager and resumable uploads as a client sees them.</summary>
public sealed class FileTests : IAsyncLifetime
{
    private static readonly FileSpace User = FileSpace.User("social", "zoë 7");

    private TestService _service = null!;

    private CacheClient Client => _service.Client;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Files_are_stored_described_listed_and_deleted()
    {
        var metadata = new Dictionary<string, string> { ["Author"] = "Zoë\n" };
        foreach (var name in new[] { "a/ü?1.txt", "a/2.txt", "b.txt" })
        {
            var stored = await Client.Files.UploadAsync(
                User, name, new MemoryStream("text"u8.ToArray()), new FileUploadOptions { ContentType = "text/plain", Metadata = metadata, Visibility = FileVisibility.Domain });
            Assert.Equal((name, "zoë 7", FileLevel.User, "text/plain", true, FileVisibility.Domain), (stored.Filename, stored.UserId, stored.Level, stored.ContentType, stored.Encrypted, stored.Visibility));
        }

        var info = await Client.Files.GetAsync(User, "a/ü?1.txt");
        Assert.Equal(metadata, info.Metadata);
        Assert.Equal(info.Etag, (await Client.Files.GetContentInfoAsync(User, "a/ü?1.txt")).ETag);
        await using (var content = await Client.Files.OpenAsync(User, "a/ü?1.txt", new ReadConditions { Range = ByteRange.From(1, 2) }))
            Assert.Equal(("ex", "ü?1.txt", info.Sha256), (await content.ReadTextAsync(), content.Info.FileName, content.Info.Sha256));
        var names = new List<string>();
        await foreach (var file in Client.Files.List(User, "a/", pageSize: 1)) names.Add(file.Filename);
        Assert.Equal(["a/2.txt", "a/ü?1.txt"], names);

        var twice = await Assert.ThrowsAsync<CacheApiException>(
            () => Client.Files.UploadAsync(User, "b.txt", new MemoryStream([1]), new FileUploadOptions { MustBeNew = true }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, twice.Status);
        await Client.Files.DeleteAsync(User, "b.txt", (await Client.Files.GetAsync(User, "b.txt")).Etag);
        Assert.Equal("file_not_found", (await Assert.ThrowsAsync<CacheApiException>(() => Client.Files.OpenAsync(User, "b.txt"))).Code);
        // A HEAD has no body that could say it.
        var head = await Assert.ThrowsAsync<CacheApiException>(() => Client.Files.GetContentInfoAsync(User, "b.txt"));
        Assert.Equal((HttpStatusCode.NotFound, null), (head.Status, head.Code));
    }

    [Fact]
    public async Task What_goes_straight_to_storage_is_committed_and_what_is_signed_is_read_without_a_key()
    {
        var bytes = PatternStream.Bytes(300_000);
        var upload = await Client.Files.CreateUploadUrlAsync(User, "film.mp4", "video/mp4", staged: true);
        await Client.Files.SendToAsync(upload, new MemoryStream(bytes));
        var committed = await (await Client.Files.CommitUploadAsync(User, "film.mp4", upload.UploadId!, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)))).WaitAsync();
        Assert.Equal(("film.mp4", bytes.Length), (committed.Filename, committed.SizeBytes));
        await Client.Files.UploadAsync(User, "secret.txt", new MemoryStream("secret"u8.ToArray()));
        var download = await Client.Files.CreateDownloadUrlAsync(User, "secret.txt", TimeSpan.FromMinutes(1));
        await using var content = await Client.Files.OpenSignedAsync(download.Url);
        Assert.Equal("secret", await content.ReadTextAsync());
    }

    [Fact]
    public async Task An_upload_goes_on_after_its_connection_broke()
    {
        var capabilities = await Client.Uploads.GetCapabilitiesAsync();
        Assert.Contains("sha256", capabilities.ChecksumAlgorithms);
        var told = new List<long>();
        using var breaking = new BreakingStream(PatternStream.Bytes(12 << 20), 9 << 20);
        var state = await Client.Uploads.UploadAsync(UploadTarget.File(User, "film.mp4", "video/mp4"), breaking, new Told(told));
        Assert.NotNull(state.ETag);
        Assert.InRange(told[0], 0, 9 << 20);
        Assert.Equal(12 << 20, told[^1]);
        await using (var content = await Client.Files.OpenAsync(User, "film.mp4")) await PatternStream.AssertEqualAsync(content.Stream, 12 << 20);

        var given = await Client.Uploads.CreateAsync(UploadTarget.File(User, "none"), 3);
        Assert.Equal((0, 3), (await Client.Uploads.FindAsync(given.UploadId) is var found ? (found.Offset, found.Length) : default));
        await Client.Uploads.DeleteAsync(given.UploadId);
        await Assert.ThrowsAsync<CacheApiException>(() => Client.Uploads.FindAsync(given.UploadId));
    }

    /// <summary>Breaks the connection that reads it, once.</summary>
    private sealed class BreakingStream(byte[] bytes, int at) : MemoryStream(bytes)
    {
        private bool _isBroken;

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            if (_isBroken) return base.CopyToAsync(destination, bufferSize, cancellationToken);
            _isBroken = true;
            return BreakAsync(destination, cancellationToken);
        }

        private async Task BreakAsync(Stream destination, CancellationToken cancellation)
        {
            await destination.WriteAsync(ToArray().AsMemory(0, at), cancellation);
            await destination.FlushAsync(cancellation);
            throw new IOException("The line breaks.");
        }
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
