using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using CacheFunctions.Content;
using CacheFunctions.Files;
using CacheFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>The table of docs/cost.md is what the calls cost, counted here.</summary>
public sealed class CostTests : IDisposable
{
    private const string Begin = "<!-- counted -->";
    private const string End = "<!-- /counted -->";

    private readonly RequestCosts _costs = new();
    private readonly StringBuilder _table = new("\n| Call | Table reads | Table writes | Blob reads | Blob writes | Blob deletes | Blob lists |\n|---|---|---|---|---|---|---|\n");

    public void Dispose() => _costs.Dispose();

    [Fact]
    public async Task The_table_of_costs_is_what_calls_cost()
    {
        await using var service = await TestService.StartAsync(
            services => services.AddSingleton<ILoggerProvider>(_costs), "--Logging:LogLevel:CacheFunctions.Http.Api", "Information", "--Files:FreshFor", "00:10:00");
        service.Put("a.txt", "first");
        service.Put("b.txt", "first");
        service.Put("film.mkv", new byte[3 << 20]);
        await WarmUpAsync(service);

        // Sessions.
        var session = await TellAsync("`POST /api/sessions`", Post("/api/sessions", """{"user_id": 1, "file_path": "a.txt"}"""), service);
        var address = session.Headers.Location!.OriginalString;
        await TellAsync("`GET /api/sessions/{id}`", Get(address), service);
        var read = await TellAsync("`GET …/content`, first", Get(address + "/content"), service);
        await TellAsync("`GET …/content`, again", Get(address + "/content"), service);
        var unchanged = Get(address + "/content");
        unchanged.Headers.IfNoneMatch.Add(read.Headers.ETag!);
        await TellAsync("`GET …/content`, unchanged (304)", unchanged, service);
        await TellAsync("`POST …/lock`", Post(address + "/lock", "{}"), service);
        await TellAsync("`PUT …/content`", Put(address + "/content"), service);
        var span = new HttpRequestMessage(HttpMethod.Patch, address + "/content") { Content = new ByteArrayContent("ab"u8.ToArray()) };
        span.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, 1);
        await TellAsync("`PATCH …/content`", span, service);
        await TellAsync("`GET …/content`, patched, first", Get(address + "/content"), service);
        await TellAsync("`GET …/content`, patched, again", Get(address + "/content"), service);
        await TellAsync("`POST …/sync`", Post(address + "/sync", "{}"), service);
        await TellAsync("`DELETE /api/sessions/{id}`", new HttpRequestMessage(HttpMethod.Delete, address), service);

        // Cached files.
        var added = await TellAsync("`POST /api/cached/files`", Post("/api/cached/files", """{"file_path": "/mnt/nas/film.mkv"}"""), service);
        var file = added.Headers.Location!.OriginalString;
        await TellAsync("`GET /api/cached/files/{id}`", Get(file), service);
        await TellAsync("`GET /api/cached/files/{id}/content`, first", Get(file + "/content"), service);
        await TellAsync("`GET /api/cached/files/{id}/content`, again", Get(file + "/content"), service);
        await TellAsync("`GET /api/cached/content?path=`, not cached", Get("/api/cached/content?path=/mnt/nas/b.txt"), service);
        await TellAsync("`PUT /api/cached/files/{id}/pin`", new HttpRequestMessage(HttpMethod.Put, file + "/pin"), service);
        await TellAsync("`DELETE /api/cached/files/{id}`, pinned (409)", new HttpRequestMessage(HttpMethod.Delete, file), service);

        // The file manager.
        await TellAsync("`PUT /api/files/…`", Put("/api/files/blog/app/a.txt"), service);
        await TellAsync("`GET /api/files/…`, known", Get("/api/files/blog/app/a.txt"), service);
        await SendAsync(Put("/api/files/blog/app/b.txt?cache_content=false"), service);
        await TellAsync("`GET /api/files/…`, known, its bytes not", Get("/api/files/blog/app/b.txt"), service);
        // By somebody else, straight in storage.
        await service.Services.GetRequiredService<IFileStore>().WriteAsync(
            "blog/app/c.txt", new MemoryStream(new byte[9]), 9, () => new FileFacts("text/plain", new Dictionary<string, string>()), default, default);
        await TellAsync("`GET /api/files/…`, not known", Get("/api/files/blog/app/c.txt"), service);
        await TellAsync("`GET /api/files/…?use_cache=false`", Get("/api/files/blog/app/a.txt?use_cache=false"), service);
        await TellAsync("`GET /api/files/{domain}/app`", Get("/api/files/blog/app"), service);
        await TellAsync("`DELETE /api/files/…`", new HttpRequestMessage(HttpMethod.Delete, "/api/files/blog/app/a.txt"), service);

        // The directory cache.
        await TellAsync("`PUT /cache/content/…`, in no registered directory", Put("/cache/content/d/a.txt"), service);
        await TellAsync("`POST /cache/register/…`, new", new HttpRequestMessage(HttpMethod.Post, "/cache/register/d"), service);
        await TellAsync("`POST /cache/register/…`, again", new HttpRequestMessage(HttpMethod.Post, "/cache/register/d"), service);
        await TellAsync("`PUT /cache/content/…`, in a registered directory", Put("/cache/content/d/a.txt"), service);
        await TellAsync("`GET /cache/content/…`, first", Get("/cache/content/d/a.txt"), service);
        await TellAsync("`GET /cache/content/…`, again", Get("/cache/content/d/a.txt"), service);
        await TellAsync("`GET /cache/directories/…`", Get("/cache/directories/d"), service);
        await TellAsync("`GET /cache/stats`", Get("/cache/stats"), service);

        await TellAsync("`GET /api/health`, `/api/openapi.json`", Get("/api/openapi.json"), service);
        await TellAsync("`GET /api/ready`", Get("/api/ready"), service);

        var document = await File.ReadAllTextAsync(Document());
        var (from, to) = (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        Assert.True(document[from..to] == _table.ToString(), $"docs/cost.md must have, between {Begin} and {End}:\n{_table}");
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task What_many_ask_for_at_once_is_read_once_however_it_came_there(int length)
    {
        const int callers = 20;
        await using var service = await TestService.StartAsync(
            services => services.AddSingleton<ILoggerProvider>(_costs), "--Logging:LogLevel:CacheFunctions.Http.Api", "Information", "--Files:FreshFor", "00:10:00");
        await WarmUpAsync(service);
        // Straight in storage, past this instance.
        await service.Contents.WriteAsync(ContentName.Directories, "d/past", new MemoryStream(new byte[length]), length, default);
        await service.Services.GetRequiredService<IFileStore>().WriteAsync(
            "blog/app/past", new MemoryStream(new byte[length]), length, () => new FileFacts("text/plain", new Dictionary<string, string>()), default, default);
        foreach (var address in new[] { "/cache/content/d/past", "/api/files/blog/app/past" })
        {
            var read = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => service.Http.GetByteArrayAsync(address)));
            Assert.All(read, bytes => Assert.Equal(length, bytes.Length));
            var reads = 0L;
            for (var i = 0; i < callers; i++) reads += (await _costs.NextAsync())[StorageCall.BlobRead];
            Assert.True(reads == 1, $"{address} took {reads} reads of blobs.");
        }
    }

    /// <summary>What is asked once in an instance's life: whether tables and containers are there, and the indexes.</summary>
    private async Task WarmUpAsync(TestService service)
    {
        service.Put("warm.txt", "warm");
        await SendAsync(Post("/api/sessions", """{"user_id": 1, "file_path": "warm.txt"}"""), service);
        await SendAsync(Post("/api/cached/files", """{"file_path": "/mnt/nas/warm.txt"}"""), service);
        await SendAsync(Get("/api/cached/files"), service);
        await SendAsync(Put("/api/files/blog/app/warm.txt"), service);
        await SendAsync(Put("/cache/content/warm/a.txt"), service);
        await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/cache/register/warm"), service);
    }

    private async Task<HttpResponseMessage> TellAsync(string call, HttpRequestMessage request, TestService service)
    {
        var (answer, costs) = await SendAsync(request, service);
        // Queries depend on when the indexes were last looked at, and serve all requests.
        var counts = Enum.GetValues<StorageCall>().Where(each => each != StorageCall.TableQuery).Select(each => costs[each] == 0 ? "" : costs[each].ToString(CultureInfo.InvariantCulture));
        _table.Append(CultureInfo.InvariantCulture, $"| {call} | {string.Join(" | ", counts)} |\n");
        return answer;
    }

    private async Task<(HttpResponseMessage Answer, StorageCounts Costs)> SendAsync(HttpRequestMessage request, TestService service)
    {
        var answer = await service.Http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        return (answer, await _costs.NextAsync());
    }

    private static HttpRequestMessage Get(string address) => new(HttpMethod.Get, address);

    private static HttpRequestMessage Post(string address, string json) => new(HttpMethod.Post, address) { Content = TestService.Json(json) };

    private static HttpRequestMessage Put(string address) => new(HttpMethod.Put, address) { Content = new ByteArrayContent("another text"u8.ToArray()) };

    private static string Document([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/cost.md");
}
