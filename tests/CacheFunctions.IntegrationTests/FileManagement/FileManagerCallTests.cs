using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Client;
using CacheFunctions.Files;
using CacheFunctions.IntegrationTests.Callers;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Security;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Tests.Content.Compression;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Service.TestService;
using FileSpace = CacheFunctions.Client.FileSpace;

namespace CacheFunctions.IntegrationTests.FileManagement;

/// <summary>The fourth source document over HTTP: its four domains, its rules, and what calls cost.</summary>
public sealed class FileManagerCallTests : IAsyncLifetime
{
    private TestService _service = null!;

    // However slow the machine is, what is remembered is believed.
    public async Task InitializeAsync() => _service = await StartAsync("--Files:FreshFor", "00:10:00");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    /// <summary>Section Examples by Domain.</summary>
    [Theory]
    [InlineData("blog/app/posts/123/image.jpg", "image/jpeg")]
    [InlineData("blog/app/posts/123/attachments/notes.pdf", "application/pdf")]
    [InlineData("blog/user/7/avatar.png", "image/png")]
    [InlineData("commerce/app/products/123/image.jpg", "image/jpeg")]
    [InlineData("commerce/app/categories/shoes.webp", "image/webp")]
    [InlineData("commerce/user/customer-9/invoice 2026.pdf", "application/pdf")]
    [InlineData("lms/user/instructor@example.com/course/1/slides.pdf", "application/pdf")]
    [InlineData("lms/user/student-1/assignments/essay.docx", "application/msword")]
    [InlineData("lms/app/courses/1/thumbnail.png", "image/png")]
    [InlineData("social/user/zoë/profile.jpg", "image/jpeg")]
    [InlineData("social/user/zoë/posts/1/film.mp4", "video/mp4")]
    [InlineData("social/app/logo.svg", "image/svg+xml")]
    public async Task The_documents_examples_are_stored_under_its_paths_and_come_back(string path, string type)
    {
        var bytes = RandomNumberGenerator.GetBytes(70_000);
        var created = await DataAsync(await PutAsync(path, bytes, type));
        Assert.Equal((type, 70_000, true, false), (created.GetProperty("content_type").GetString(), created.GetProperty("size_bytes").GetInt64(), created.GetProperty("encrypted").GetBoolean(), created.GetProperty("compressed").GetBoolean()));
        using var answer = await _service.Http.GetAsync($"/api/files/{path}");
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());

        var blob = _service.Services.GetRequiredService<StorageAccount>().Blobs.GetBlobContainerClient("files").GetBlobClient(path);
        var stored = (await blob.DownloadContentAsync()).Value.Content.ToArray();
        Assert.Equal(-1, stored.AsSpan().IndexOf(bytes.AsSpan(0, 32)));
    }

    [Fact]
    public async Task Content_is_served_as_HTTP_means_it()
    {
        var bytes = GzipFramesTests.Words(700_000);
        using var put = await PutAsync("blog/app/a ü/text.txt", bytes, "text/plain; charset=utf-8", "?compress=true");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(bytes, await _service.Http.GetByteArrayAsync(put.Headers.Location));
        var tag = put.Headers.ETag!;

        using var part = await SendAsync(HttpMethod.Get, put.Headers.Location!, request => request.Headers.Range = new RangeHeaderValue(300_000, 300_099));
        Assert.Equal((HttpStatusCode.PartialContent, tag), (part.StatusCode, part.Headers.ETag));
        Assert.Equal(bytes.AsSpan(300_000, 100).ToArray(), await part.Content.ReadAsByteArrayAsync());
        using var head = await SendAsync(HttpMethod.Head, put.Headers.Location!);
        Assert.Equal((700_000, "text/plain; charset=utf-8"), (head.Content.Headers.ContentLength, head.Content.Headers.ContentType!.ToString()));
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:", Assert.Single(head.Headers.GetValues("Repr-Digest")));
        using var same = await SendAsync(HttpMethod.Get, put.Headers.Location!, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var outside = await SendAsync(HttpMethod.Get, put.Headers.Location!, request => request.Headers.Range = new RangeHeaderValue(700_000, null));
        await ErrorAsync(416, "range_not_satisfiable", outside);

        // Who decompresses gets what is stored.
        using var gzip = await SendAsync(HttpMethod.Get, put.Headers.Location!, request => request.Headers.AcceptEncoding.ParseAdd("gzip, br"));
        Assert.Equal(("gzip", "Accept-Encoding"), (Assert.Single(gzip.Content.Headers.ContentEncoding), Assert.Single(gzip.Headers.Vary)));
        Assert.NotEqual(tag, gzip.Headers.ETag);
        Assert.InRange(gzip.Content.Headers.ContentLength!.Value, 1, 350_000);
        using var plain = new MemoryStream();
        await using (var unzip = new GZipStream(await gzip.Content.ReadAsStreamAsync(), CompressionMode.Decompress)) await unzip.CopyToAsync(plain);
        Assert.Equal(bytes, plain.ToArray());
    }

    [Fact]
    public async Task Metadata_is_told_exactly_and_survives_what_headers_cannot_carry()
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/files/blog/user/7/avatar.png") { Content = new ByteArrayContent([1, 2, 3]) };
        put.Headers.Add("x-meta-Width", "64");
        put.Headers.Add("x-metadata", Uri.EscapeDataString("""{"Author": "Zoë\n"}"""));
        put.Headers.Add("x-visibility", "domain");
        await DataAsync(await _service.Http.SendAsync(put));
        var told = await DataAsync(await _service.Http.GetAsync("/api/files/blog/user/7/avatar.png?metadata=true"));
        Assert.Equal(
            ["filename", "domain", "level", "user_id", "content_type", "size_bytes", "stored_bytes", "sha256", "etag", "compressed", "encrypted", "created_at", "last_modified", "visibility", "metadata"],
            told.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("avatar.png", "blog", "user", "7", "application/octet-stream", "domain"), (Text("filename"), Text("domain"), Text("level"), Text("user_id"), Text("content_type"), Text("visibility")));
        Assert.Equal(("64", "Zoë\n"), (told.GetProperty("metadata").GetProperty("width").GetString(), told.GetProperty("metadata").GetProperty("Author").GetString()));
        await ErrorAsync(404, "file_not_found", await _service.Http.GetAsync("/api/files/blog/user/7/none.png?metadata=true"));

        string? Text(string name) => told.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Lists_are_paged_deletions_are_final_and_lost_updates_are_refused()
    {
        var (files, blog) = (_service.Client.Files, FileSpace.App("blog"));
        foreach (var name in new[] { "posts/1/a.txt", "posts/1/b.txt", "posts/2/c.txt" }) await StoreAsync(name, 1);
        var list = files.List(blog, "posts/", pageSize: 2);
        var page = await list.GetPageAsync();
        Assert.Equal(["posts/1/a.txt", "posts/1/b.txt"], page.Items.Select(file => file.Filename));
        var last = await list.GetPageAsync(page.Cursor);
        Assert.Equal(["posts/2/c.txt"], last.Items.Select(file => file.Filename));
        Assert.Null(last.Cursor);
        Assert.Empty((await files.List(FileSpace.User("blog", "nobody")).GetPageAsync()).Items);

        using var first = await PutAsync("blog/app/posts/1/a.txt", [2]);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await RefusedAsync(412, "precondition_failed", () => StoreAsync("posts/1/a.txt", 3, new FileUploadOptions { IfMatch = "\"other\"" }));
        await RefusedAsync(412, "precondition_failed", () => StoreAsync("posts/1/a.txt", 3, new FileUploadOptions { MustBeNew = true }));
        await StoreAsync("posts/1/a.txt", 3, new FileUploadOptions { IfMatch = first.Headers.ETag!.ToString() });
        await files.DeleteAsync(blog, "posts/1/a.txt");
        await RefusedAsync(404, "file_not_found", () => files.OpenAsync(blog, "posts/1/a.txt"));
        await RefusedAsync(404, "file_not_found", () => files.DeleteAsync(blog, "posts/1/a.txt"));

        Task StoreAsync(string name, byte content, FileUploadOptions? options = null) => files.UploadAsync(blog, name, new MemoryStream([content]), options);

        static async Task RefusedAsync(int status, string code, Func<Task> call)
        {
            var refused = await Assert.ThrowsAsync<CacheApiException>(call);
            Assert.Equal((status, code), ((int)refused.Status!, refused.Code));
        }
    }

    [Fact]
    public async Task What_calls_cost_in_storage_transactions()
    {
        // The second time, since the first makes container and table.
        for (var round = 0; round < 2; round++) await DataAsync(await PutAsync("blog/app/cost.txt", new byte[100_000]));
        var upload = await _service.CountAsync(() => PutAsync("blog/app/cost.txt", new byte[100_000]));
        Assert.Equal((1, 1, 2), (upload[StorageCall.BlobRead], upload[StorageCall.BlobWrite], upload[StorageCall.TableWrite]));
        // Remembered as they were uploaded.
        var address = new Uri("/api/files/blog/app/cost.txt", UriKind.Relative);
        var tag = (await SendAsync(HttpMethod.Head, address)).Headers.ETag!;
        Assert.Equal("", $"{await _service.CountAsync(() => _service.Http.GetByteArrayAsync(address))}");
        Assert.Equal("", $"{await _service.CountAsync(() => SendAsync(HttpMethod.Head, address))}");
        Assert.Equal("", $"{await _service.CountAsync(() => SendAsync(HttpMethod.Get, address, request => request.Headers.IfNoneMatch.Add(tag)))}");
        // Facts and bytes at once.
        var download = await _service.CountAsync(() => _service.Http.GetByteArrayAsync("/api/files/blog/app/cost.txt?use_cache=false"));
        Assert.Equal((1, 0), (download[StorageCall.BlobRead], download.Tables));
        var list = await _service.CountAsync(() => _service.Http.GetAsync("/api/files/blog/app"));
        Assert.Equal((1, 0), (list[StorageCall.BlobList], list.Tables));
        Assert.Equal("", $"{await _service.CountAsync(() => _service.Http.GetAsync("/api/files/blog/app"))}");
        // Not kept: one asks, one reads, whoever comes.
        foreach (var length in new[] { 100_000, 2_000_000 })
        {
            using var put = await PutAsync($"blog/app/{length}", new byte[length], query: "?cache_content=false");
            var misses = await _service.CountAsync(() => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _service.Http.GetByteArrayAsync($"/api/files/blog/app/{length}"))));
            Assert.Equal((1, 0), (misses[StorageCall.BlobRead], misses.Tables));
        }
    }

    [Fact]
    public async Task What_one_instance_or_a_stranger_changes_another_one_sees_in_time()
    {
        using var origin = new TempDirectory();
        var settings = SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path);
        await using var first = await LocalService.StartAsync(settings);
        await using var second = await LocalService.StartAsync(settings);
        using var one = new HttpClient { BaseAddress = first.Address };
        using var other = new HttpClient { BaseAddress = second.Address };
        const string address = "/api/files/blog/app/shared.txt";
        foreach (var text in new[] { "a", "bb", "ccc" })
        {
            (await one.PutAsync(address, new StringContent(text))).EnsureSuccessStatusCode();
            Assert.Equal(text, await one.GetStringAsync(address));
            Assert.Equal(text, await other.GetStringAsync(address + "?use_cache=false"));
            await SeenAsync(other, text);
        }

        var store = first.App.Services.GetRequiredService<IFileStore>();
        await store.WriteAsync("blog/app/shared.txt", new MemoryStream("stranger"u8.ToArray()), 8, () => new FileFacts("text/plain", new Dictionary<string, string>()), default, default);
        foreach (var http in new[] { one, other }) await SeenAsync(http, "stranger");

        // Old or new, and never anything else or an error, until it is new.
        static async Task SeenAsync(HttpClient http, string text)
        {
            var seen = new List<string>();
            for (var since = Stopwatch.StartNew(); !seen.Contains(text); seen.Add(await http.GetStringAsync(address)))
                Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"'{text}' is not seen: {string.Join(", ", seen.Distinct())}");
            Assert.Equal(text, await http.GetStringAsync(address));
            Assert.InRange(seen.Distinct().Count(), 1, 2);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_refused_at_once_and_damage_further_on_breaks_the_connection()
    {
        await DataAsync(await PutAsync("blog/app/damaged.bin", RandomNumberGenerator.GetBytes(3_000_000)));
        var store = _service.Services.GetRequiredService<IFileStore>();
        var blob = (await store.FindAsync("blog/app/damaged.bin", default))!;
        using var bytes = new MemoryStream();
        await using (var content = await store.OpenAsync(blob, 0, blob.SizeBytes, default)) await content!.CopyToAsync(bytes);
        bytes.GetBuffer()[2_500_000] ^= 1;
        bytes.Position = 0;
        await store.WriteAsync(blob.Name, bytes, null, () => new FileFacts("text/plain", blob.Properties), default, default);
        await Assert.ThrowsAnyAsync<Exception>(() => _service.Http.GetByteArrayAsync("/api/files/blog/app/damaged.bin"));
        bytes.SetLength(2_000_000);
        bytes.Position = 0;
        await store.WriteAsync(blob.Name, bytes, null, () => new FileFacts("text/plain", blob.Properties), default, default);
        await ErrorAsync(502, "file_download_failed", await _service.Http.GetAsync("/api/files/blog/app/damaged.bin?use_cache=false"));
    }

    [Fact]
    public async Task Users_have_their_own_files_and_a_body_that_breaks_off_changes_nothing()
    {
        await using var issuer = await TokenIssuer.StartAsync();
        await using var service = await StartAsync("--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience);
        var (alice, bob, root) = (issuer.Token("alice"), issuer.Token("bob"), issuer.Token("root", "admin"));
        await DataAsync(await SendAsync(service, HttpMethod.Put, "social/user/alice/own.txt", alice, "hers"));
        await ErrorAsync(404, "file_not_found", await SendAsync(service, HttpMethod.Get, "social/user/alice/own.txt", bob));
        await ErrorAsync(403, "forbidden", await SendAsync(service, HttpMethod.Put, "social/user/alice/own.txt", bob, "his"));
        await ErrorAsync(403, "forbidden", await SendAsync(service, HttpMethod.Put, "social/app/logo.svg", bob, "his"));
        await ErrorAsync(403, "forbidden", await SendAsync(service, HttpMethod.Get, "social/user/alice", bob));
        await DataAsync(await SendAsync(service, HttpMethod.Put, "social/app/logo.svg", root, "theirs"));
        using var shared = await SendAsync(service, HttpMethod.Get, "social/app/logo.svg", bob);
        Assert.Equal("theirs", await shared.Content.ReadAsStringAsync());
        using var own = await SendAsync(service, HttpMethod.Get, "social/user/alice/own.txt", alice);
        Assert.Equal("hers", await own.Content.ReadAsStringAsync());
        var file = await service.Services.GetRequiredService<FileManager>().GetFileMetadataAsync(Caller.Machine, FileAddress.Of("social", StorageLevel.User, "own.txt", "alice"));
        Assert.Equal(4, file!.SizeBytes);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestService service, HttpMethod method, string path, string token, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/files/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        return await service.Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, address);
        configure?.Invoke(request);
        return await _service.Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PutAsync(string path, byte[] bytes, string? type = null, string query = "", Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/files/{path}{query}") { Content = new ByteArrayContent(bytes) };
        if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        configure?.Invoke(request);
        return await _service.Http.SendAsync(request);
    }
}
