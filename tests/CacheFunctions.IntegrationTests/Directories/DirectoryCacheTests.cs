using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CacheFunctions.Client;
using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.IntegrationTests.Service;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.Directories;

/// <summary>The calls of the fifth source document, and what they cost, over HTTP.</summary>
public sealed class DirectoryCacheTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync("--DISK_CACHE_MAX_BYTES", "10485760");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_documents_curl_lines_work_as_they_stand()
    {
        await PutAsync("downloads/one/a.mp3", "12345");
        await PutAsync("downloads/one/b.mp3", "67890");
        var registered = await SendAsync(HttpMethod.Post, "/cache/register/downloads/one", HttpStatusCode.Created);
        AssertFields(
            registered,
            "path", "size_bytes", "size_readable", "file_count", "registered_at", "last_accessed", "expires_at", "expired", "access_count", "pinned", "locked", "compressed");
        Assert.Equal((10, 2, "10.0 B"), (registered.GetProperty("size_bytes").GetInt64(), registered.GetProperty("file_count").GetInt64(), registered.GetProperty("size_readable").GetString()));
        Assert.Equal(TimeSpan.FromDays(1), registered.GetProperty("expires_at").GetDateTimeOffset() - registered.GetProperty("last_accessed").GetDateTimeOffset());

        // curl http://localhost:8080/cache/stats
        var stats = await SendAsync(HttpMethod.Get, "/cache/stats");
        AssertFields(
            stats,
            "total_bytes", "total_readable", "max_bytes", "high_watermark_bytes", "low_watermark_bytes", "usage_percent", "quota_status", "directory_count",
            "hits", "misses", "hit_ratio", "last_run", "scheduler");
        Assert.Equal((9_437_184, 8_388_608), (stats.GetProperty("high_watermark_bytes").GetInt64(), stats.GetProperty("low_watermark_bytes").GetInt64()));
        Assert.Equal((10, 10_485_760, "ok", 1), (stats.GetProperty("total_bytes").GetInt64(), stats.GetProperty("max_bytes").GetInt64(), stats.GetProperty("quota_status").GetString(), stats.GetProperty("directory_count").GetInt32()));
        AssertFields(stats.GetProperty("scheduler"), "state", "interval_seconds", "next_run", "changed_at");
        Assert.Equal(JsonValueKind.Null, stats.GetProperty("last_run").ValueKind);

        // curl http://localhost:8080/cache/directories, and the document's ?limit=100
        foreach (var query in new[] { "", "?limit=100", "?sort=-expires_at" })
        {
            var list = await SendAsync(HttpMethod.Get, "/cache/directories" + query);
            Assert.Equal("downloads/one", Assert.Single(list.GetProperty("directories").EnumerateArray()).GetProperty("path").GetString());
            Assert.False(list.GetProperty("pagination").GetProperty("has_more").GetBoolean());
        }

        Assert.Equal(registered.GetRawText(), (await SendAsync(HttpMethod.Get, "/cache/directories/downloads/one")).GetRawText());

        // curl -X POST http://localhost:8080/cache/cleanup
        Assert.True((await SendAsync(HttpMethod.Post, "/cache/cleanup", body: """{"dry_run": true}""")).GetProperty("dry_run").GetBoolean());
        Assert.Equal(0, (await SendAsync(HttpMethod.Post, "/cache/cleanup")).GetProperty("expired_count").GetInt32());
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "/cache/stats")).GetProperty("last_run").GetProperty("expired_count").GetInt32());

        // curl -X POST http://localhost:8080/cache/start-scheduler
        foreach (var (word, state) in new[] { ("stop", "stopped"), ("stop", "stopped"), ("start", "running"), ("start", "running") })
            Assert.Equal(state, (await SendAsync(HttpMethod.Post, $"/cache/{word}-scheduler")).GetProperty("state").GetString());

        await SendAsync(HttpMethod.Delete, "/cache/directories/downloads/one?remove_files=false");
        Assert.Equal("12345", await _service.Http.GetStringAsync("/cache/content/downloads/one/a.mp3"));
        await SendAsync(HttpMethod.Post, "/cache/register/downloads/one", HttpStatusCode.Created);
        await SendAsync(HttpMethod.Delete, "/cache/directories/downloads/one?remove_files=true");
        using var gone = await _service.Http.GetAsync("/cache/content/downloads/one/a.mp3");
        await TestService.ErrorAsync(404, "not_found", gone);

        var operations = await SendAsync(HttpMethod.Get, "/cache/operations?path=downloads/one&limit=500");
        Assert.Equal(
            ["directory_removed", "directory_removal_begun", "directory_registered", "directory_forgotten", "directory_registered"],
            operations.GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("operation_type").GetString()));
    }

    [Fact]
    public async Task Content_is_served_as_http_means_it_and_counts_as_a_use()
    {
        using var put = await PutAsync("media/ä b/film.mp4", "0123456789");
        await SendAsync(HttpMethod.Post, "/cache/register/media", HttpStatusCode.Created);
        using var part = await _service.Http.SendAsync(new(HttpMethod.Get, "/cache/content/media/ä b/film.mp4") { Headers = { Range = new RangeHeaderValue(2, 4) } });
        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal(put.Headers.ETag, part.Headers.ETag);
        using var head = await _service.Http.SendAsync(new(HttpMethod.Head, "/cache/content/media/ä b/film.mp4"));
        Assert.Equal((10, "video/mp4"), (head.Content.Headers.ContentLength, head.Content.Headers.ContentType!.MediaType));
        using var same = await _service.Http.SendAsync(new(HttpMethod.Get, "/cache/content/media/ä b/film.mp4") { Headers = { IfNoneMatch = { put.Headers.ETag! } } });
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var missing = await _service.Http.GetAsync("/cache/content/media/none.mp4");
        await TestService.ErrorAsync(404, "not_found", missing);
        using var replaced = await PutAsync("media/ä b/film.mp4", "new");
        Assert.NotEqual(put.Headers.ETag, replaced.Headers.ETag);

        var stats = await SendAsync(HttpMethod.Get, "/cache/stats");
        Assert.Equal((2, 1, 3), (stats.GetProperty("hits").GetInt32(), stats.GetProperty("misses").GetInt32(), stats.GetProperty("total_bytes").GetInt32()));
        await _service.Services.GetRequiredService<DirectoryIndex>().SendTouchesAsync(default);
        var directory = (await SendAsync(HttpMethod.Get, "/cache/directories?consistent=true")).GetProperty("directories")[0];
        Assert.Equal(2, directory.GetProperty("access_count").GetInt32());
    }

    [Fact]
    public async Task A_folder_is_brought_from_an_origin_and_a_pinned_directory_stays()
    {
        _service.Put("albums/one/a.flac", "abc");
        _service.Put("albums/one/disc 2/b.flac", "defg");

        var directories = _service.Client.Directories;
        var imported = await (await directories.RegisterAsync("music/one", fromOrigin: "/mnt/nas/albums/one")).WaitAsync();
        Assert.Equal((7, 2), (imported.SizeBytes, imported.FileCount));
        await using (var file = await directories.OpenFileAsync("music/one/disc 2/b.flac")) Assert.Equal("defg", await file.ReadTextAsync());
        Assert.True((await directories.PinAsync("music/one")).Pinned);
        var refused = await Assert.ThrowsAsync<CacheApiException>(() => directories.RemoveAsync("music/one", removeFiles: true));
        Assert.Equal((HttpStatusCode.Conflict, "conflict"), (refused.Status, refused.Code));
        Assert.False((await directories.UnpinAsync("music/one")).Pinned);
        var removed = await (await directories.RemoveAsync("music/one", removeFiles: true)).WaitAsync();
        Assert.Equal(("music/one", 7, 2, true), (removed.Path, removed.SizeBytes, removed.FileCount, removed.FilesRemoved));
    }

    [Fact]
    public async Task The_cache_is_warmed_from_an_origin_by_items_or_a_manifest()
    {
        _service.Put("warm/one/a.flac", "abc");
        _service.Put("warm/two.txt", "defg");
        _service.Put("warm/list.json", """{"items": [{"from": "/mnt/nas/warm/two.txt", "path": "warmed/two.txt"}]}""");

        var directories = _service.Client.Directories;
        var warmed = await (await directories.WarmAsync(new WarmRequest
        {
            Items = [new WarmItem("/mnt/nas/warm/one", "warmed/one"), new WarmItem("/mnt/nas/none", "n")],
            MaxBytesPerSecond = 1000,
        })).WaitAsync();
        Assert.Equal((1, 1, 3), (warmed.Done, warmed.Failed, warmed.Bytes));
        Assert.Equal([WarmState.Done, WarmState.Failed], warmed.Items.Select(item => item.State));
        Assert.Equal("abc", await _service.Http.GetStringAsync("/cache/content/warmed/one/a.flac"));
        await (await directories.WarmAsync(new WarmRequest { Manifest = "/mnt/nas/warm/list.json" })).WaitAsync();
        Assert.Equal("defg", await _service.Http.GetStringAsync("/cache/content/warmed/two.txt"));
        var refused = await Assert.ThrowsAsync<CacheApiException>(() => directories.WarmAsync(new WarmRequest { Manifest = "/mnt/nas/warm/two.txt" }));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_argument"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Storage_tells_of_a_finished_download_after_the_handshake()
    {
        using var asked = new HttpRequestMessage(HttpMethod.Options, "/cache/events/storage") { Headers = { { "WebHook-Request-Origin", "eventgrid.azure.net" } } };
        using var allowed = await _service.Http.SendAsync(asked);
        Assert.Equal("eventgrid.azure.net", Assert.Single(allowed.Headers.GetValues("WebHook-Allowed-Origin")));

        await PutAsync("told/album/a.mp3", "12345");
        await PutAsync("told/album/_SUCCESS", "1");
        var created = Event("told/album/_SUCCESS");
        Assert.Equal(1, (await TellAsync("application/cloudevents+json", created)).GetProperty("accepted").GetInt32());
        Assert.Equal(6, (await SendAsync(HttpMethod.Get, "/cache/directories/told/album")).GetProperty("size_bytes").GetInt32());
        // Again, in a batch, with what is none of the cache's.
        var batch = await TellAsync("application/cloudevents-batch+json; charset=utf-8", $"[{created}, {created.Replace("containers/directories", "containers/other", StringComparison.Ordinal)}]");
        Assert.Equal((1, 1), (batch.GetProperty("accepted").GetInt32(), batch.GetProperty("ignored").GetInt32()));
        using var refused = await PostAsync("application/cloudevents-batch+json", "[{}]");
        Assert.Contains("events[0].specversion", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // A deletion registers nothing, and is counted with the next mark.
        await _service.Contents.DeleteAsync(ContentName.Directories, "told/album/a.mp3", default);
        foreach (var file in new[] { "told/album/a.mp3", "told/other/a.mp3" })
            await TellAsync("application/cloudevents+json", Event(file).Replace("BlobCreated", "BlobDeleted", StringComparison.Ordinal));
        await TellAsync("application/cloudevents+json", created);
        Assert.Equal(1, (await SendAsync(HttpMethod.Get, "/cache/directories/told/album")).GetProperty("size_bytes").GetInt32());
        using var other = await _service.Http.GetAsync("/cache/directories/told/other");
        await TestService.ErrorAsync(404, "not_found", other);

        static string Event(string file) => $$$"""
            {"specversion": "1.0", "id": "e1", "type": "Microsoft.Storage.BlobCreated", "time": "2026-11-21T12:00:00.0000000Z",
             "source": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
             "subject": "/blobServices/default/containers/directories/blobs/{{{file}}}", "traceparent": "00-1-1-00",
             "data": {"api": "PutBlob", "eTag": "0x8D", "contentLength": 5, "blobType": "BlockBlob", "sequencer": "000000001",
                      "url": "https://a.blob.core.windows.net/directories/{{{file}}}", "storageDiagnostics": {"batchId": "b"} } }
            """;

        async Task<HttpResponseMessage> PostAsync(string type, string json)
        {
            var content = new StringContent(json);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            return await _service.Http.PostAsync("/cache/events/storage", content);
        }

        async Task<JsonElement> TellAsync(string type, string json)
        {
            using var answer = await PostAsync(type, json);
            return await TestService.DataAsync(answer);
        }
    }

    [Fact]
    public async Task What_was_read_is_simulated_under_other_policies()
    {
        await PutAsync("sim/a", "12345");
        await SendAsync(HttpMethod.Post, "/cache/register/sim", HttpStatusCode.Created);
        for (var i = 0; i < 4; i++) await _service.Http.GetStringAsync("/cache/content/sim/a");
        await _service.Services.GetRequiredService<AccessTrace>().SendAsync();

        var report = await SendAsync(HttpMethod.Post, "/cache/simulate", body: """{"days": 1, "policies": ["lru", "s3-fifo"], "max_bytes": 1048576}""");
        Assert.Equal((1.0, 4), (report.GetProperty("sample_rate").GetDouble(), report.GetProperty("accesses").GetInt32()));
        AssertFields(report.GetProperty("results")[0], "policy", "max_bytes", "hit_ratio", "byte_hit_ratio", "evictions");
        Assert.All(report.GetProperty("results").EnumerateArray(), result => Assert.Equal(0.75, result.GetProperty("hit_ratio").GetDouble()));
        Assert.Equal(5, (await SendAsync(HttpMethod.Post, "/cache/simulate")).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_with_numbers_and_what_does_drives_out_the_oldest()
    {
        var mebibyte = new string('x', 1 << 20);
        for (var i = 0; i < 9; i++)
        {
            await PutAsync($"q{i}/file", mebibyte);
            await SendAsync(HttpMethod.Post, $"/cache/register/q{i}", HttpStatusCode.Created);
        }

        await PutAsync("q8/more", mebibyte[..(1 << 19)]);
        using var huge = await _service.Http.PutAsync("/cache/content/q8/huge", new StringContent(new string('x', 10_485_761)));
        await TestService.ErrorAsync(507, "quota_exceeded", huge);
        // It crossed the high watermark: the least recently used go, beside the requests.
        for (var left = 500; left > 0; left--)
        {
            using var first = await _service.Http.GetAsync("/cache/directories/q0");
            if (first.StatusCode == HttpStatusCode.NotFound) break;
            await Task.Delay(20);
        }

        using var gone = await _service.Http.GetAsync("/cache/content/q0/file");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var evicted = (await SendAsync(HttpMethod.Get, "/cache/operations?operation_type=directory_evicted&path=q0")).GetProperty("operations")[0];
        Assert.Contains("by lru this directory was next", evicted.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DISK_CACHE_TTL_SECONDS", "0", "1 to 315360000")]
    [InlineData("DISK_CACHE_MAX_BYTES", "ten", "1048576 to 1125899906842624")]
    [InlineData("DiskCache:CleanupInterval", "59", "60 to 86400")]
    [InlineData("DISK_CACHE_LRU_EVICTION_THRESHOLD", "1.5", "0.2 to 1")]
    [InlineData("DISK_CACHE_EVICTION_POLICY", "random", "lru, lfu, fifo, sieve")]
    [InlineData("ENABLE_DISK_CACHE_MANAGEMENT", "yes", "true or false")]
    [InlineData("DiskCache:Ttl", "1", "TtlSeconds")]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_range(string name, string value, string allowed)
    {
        var error = await Assert.ThrowsAsync<Errors.CacheException>(async () => await (await TestService.StartAsync("--" + name, value)).DisposeAsync());

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    private static void AssertFields(JsonElement element, params string[] names) =>
        Assert.Equal(names, element.EnumerateObject().Select(field => field.Name));

    private async Task<HttpResponseMessage> PutAsync(string path, string text)
    {
        var answer = await _service.Http.PutAsync("/cache/content/" + path, new StringContent(text));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    /// <param name="status">null: any that is a success.</param>
    private async Task<JsonElement> SendAsync(HttpMethod method, string address, HttpStatusCode? status = HttpStatusCode.OK, string? body = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : TestService.Json(body) };
        using var answer = await _service.Http.SendAsync(request);
        var data = await TestService.DataAsync(answer);
        if (status is not null) Assert.Equal(status, answer.StatusCode);
        return data;
    }
}
