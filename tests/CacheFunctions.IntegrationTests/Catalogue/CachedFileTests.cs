using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>Cached files one by one, over HTTP on real storage.</summary>
public sealed class CachedFileTests
{
    private const string FilesAddress = "/api/cached/files";

    [Fact]
    public async Task A_warm_read_costs_no_storage_transaction_and_a_change_of_this_instance_is_seen_at_once()
    {
        await using var service = await StartAsync();
        service.Put("first", "x");
        await AddAsync(service, """{"file_path": "first"}""");
        foreach (var (name, size) in new[] { ("small.txt", 4 << 10), ("large.bin", 3 << 20) })
        {
            var text = new string('x', size);
            service.Put(name, text);
            var address = $"/api/cached/content?path={name}";
            var missed = await service.CountAsync(async () => Assert.Equal(text, await service.Http.GetStringAsync(address)));
            Assert.True(missed[StorageCall.BlobRead] <= 1, missed.ToString());
            for (var i = 0; i < 2; i++) Assert.Equal(text, await service.Http.GetStringAsync(address));
            var warm = await service.CountAsync(async () =>
            {
                Assert.Equal(text, await service.Http.GetStringAsync(address));
                using var part = new HttpRequestMessage(HttpMethod.Get, address);
                part.Headers.Range = new RangeHeaderValue(size - 5, null);
                Assert.Equal("xxxxx", await (await service.Http.SendAsync(part)).Content.ReadAsStringAsync());
                using var head = await service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address));
                using var unchanged = new HttpRequestMessage(HttpMethod.Get, address);
                unchanged.Headers.IfNoneMatch.Add(head.Headers.ETag!);
                Assert.Equal(HttpStatusCode.NotModified, (await service.Http.SendAsync(unchanged)).StatusCode);
            });
            Assert.Equal((0, 0), (warm.Tables, warm.Blobs));

            var file = await DataAsync(await service.Http.PostAsync(FilesAddress, Json($$"""{"file_path": "{{name}}"}""")));
            await DataAsync(await service.Http.DeleteAsync($"{FilesAddress}/{file.GetProperty("id").GetString()}"));
            service.Put(name, "new");
            Assert.Equal("new", await service.Http.GetStringAsync(address));
        }
    }

    [Fact]
    public async Task A_file_is_cached_served_attributed_and_removed_for_few_storage_transactions()
    {
        await using var service = await StartAsync();
        service.Put("warm.mkv", "x");
        service.Put("media/film.mkv", "the film");
        await AddAsync(service, """{"file_path": "warm.mkv"}""");

        JsonElement file = default;
        var counts = await service.CountAsync(async () =>
        {
            using var answer = await service.Http.PostAsync(FilesAddress, Json(
                """{"file_path": "/mnt/nas/media/film.mkv", "user_id": "user1", "triggered_by_operation": "watchlist", "metadata": {"year": 1999}}"""));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            file = await DataAsync(answer);
        });
        Assert.True(counts[StorageCall.BlobWrite] == 1 && counts[StorageCall.TableWrite] == 1 && counts.Blobs == 1, counts.ToString());
        Assert.Equal("film.mkv", file.GetProperty("filename").GetString());
        Assert.Equal("atomic_copy", file.GetProperty("cache_method").GetString());
        Assert.Equal("8.0 B", file.GetProperty("file_size_readable").GetString());
        Assert.Equal("watchlist", file.GetProperty("triggered_by_operation").GetString());
        Assert.Equal(1999, file.GetProperty("metadata").GetProperty("year").GetInt32());
        var address = $"{FilesAddress}/{file.GetProperty("id").GetString()}";

        var again = await service.Http.PostAsync(FilesAddress, Json("""{"file_path": "media/film.mkv", "user_id": "user2", "operation": "trakt"}"""));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        var shared = await DataAsync(again);
        Assert.Equal(["user1", "user2"], shared.GetProperty("users").EnumerateArray().Select(user => user.GetString()));
        Assert.Equal("user1", shared.GetProperty("triggered_by_user").GetString());
        Assert.Equal(file.GetProperty("id").GetString(), shared.GetProperty("id").GetString());

        Assert.Equal("the film", await service.Http.GetStringAsync(address + "/content"));
        using (var part = new HttpRequestMessage(HttpMethod.Get, address + "/content"))
        {
            part.Headers.Range = new RangeHeaderValue(4, 7);
            Assert.Equal("film", await (await service.Http.SendAsync(part)).Content.ReadAsStringAsync());
        }

        var accessed = await DataAsync(await service.Http.PostAsync(address + "/access", Json("""{"user_id": "user2"}""")));
        Assert.Equal(1, accessed.GetProperty("access_count").GetInt32());
        await DataAsync(await service.Http.PutAsync(address + "/pin", null));
        await ErrorAsync(409, "conflict", await service.Http.DeleteAsync(address));
        await DataAsync(await service.Http.DeleteAsync(address + "/pin"));
        var alone = await DataAsync(await service.Http.DeleteAsync(address + "/users/user1"));
        Assert.Equal("user2", Assert.Single(alone.GetProperty("users").EnumerateArray()).GetString());
        Assert.Equal("user1", alone.GetProperty("triggered_by_user").GetString());

        using var remove = new HttpRequestMessage(HttpMethod.Delete, address) { Content = Json("""{"reason": "manual_cleanup", "user_id": "user1"}""") };
        using var removed = await service.Http.SendAsync(remove);
        var envelope = JsonDocument.Parse(await removed.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("Cached file removed successfully: film.mkv", envelope.GetProperty("message").GetString());
        Assert.Equal("manual_cleanup", envelope.GetProperty("data").GetProperty("reason").GetString());
        Assert.Equal("/mnt/nas/media/film.mkv", envelope.GetProperty("data").GetProperty("file_path").GetString());
        Assert.Equal("removed", (await DataAsync(await service.Http.GetAsync(address))).GetProperty("status").GetString());
        await ErrorAsync(404, "not_found", await service.Http.GetAsync(address + "/content"));
        await ErrorAsync(404, "not_found", await service.Http.DeleteAsync(address));

        Assert.Equal(HttpStatusCode.Created, (await service.Http.PostAsync(FilesAddress, Json("""{"file_path": "media/film.mkv"}"""))).StatusCode);
        Assert.Equal("the film", await service.Http.GetStringAsync(address + "/content"));
    }

    [Fact]
    public async Task Reading_by_path_fetches_once_then_serves_from_the_cache_until_the_origin_has_changed()
    {
        await using var service = await StartAsync("--Cache:RevalidateAfter", "00:00:00");
        service.Put("a.txt", "one");
        var first = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.Http.GetAsync("/api/cached/content?path=a.txt")));
        foreach (var answer in first) Assert.Equal("one", await answer.Content.ReadAsStringAsync());
        var log = await DataAsync(await service.Http.GetAsync("/api/cached/operations"));
        Assert.Single(log.GetProperty("operations").EnumerateArray());

        Assert.Equal("HIT", Header(await service.Http.GetAsync("/api/cached/content?path=/mnt/nas/a.txt")));
        service.Put("a.txt", "two, longer");
        using var changed = await service.Http.GetAsync("/api/cached/content?path=a.txt");
        Assert.Equal(("MISS", "two, longer"), (Header(changed), await changed.Content.ReadAsStringAsync()));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/cached/content?path=none.txt"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/cached/content?path=none.txt"));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/cached/content?path=../a.txt"));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/cached/content?path=/etc/passwd"));

        static string Header(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("X-Cache"));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task While_the_origin_does_not_answer_a_copy_is_served_with_a_warning_if_that_is_allowed(string isAllowed)
    {
        await using var service = await StartAsync("--Cache:RevalidateAfter", "00:00:00", "--Cache:ServeStaleOnError", isAllowed);
        service.Put("a.txt", "one");
        Assert.Equal("one", await service.Http.GetStringAsync("/api/cached/content?path=a.txt"));
        Directory.Move(service.Origin, service.Origin + "-away");
        try
        {
            using var answer = await service.Http.GetAsync("/api/cached/content?path=a.txt");
            if (isAllowed == "false")
            {
                await ErrorAsync(503, "unavailable", answer);
                Assert.NotNull(answer.Headers.RetryAfter);
                return;
            }

            Assert.Equal("one", await answer.Content.ReadAsStringAsync());
            Assert.Equal(110, Assert.Single(answer.Headers.Warning).Code);
        }
        finally
        {
            Directory.Move(service.Origin + "-away", service.Origin);
        }
    }

    [Theory]
    [InlineData("symlink", "atomic_symlink")]
    [InlineData("atomic_hardlink", "atomic_hardlink")]
    public async Task Where_copies_lie_in_a_folder_a_link_can_stand_for_the_original(string asked, string method)
    {
        using var folder = new TempDirectory();
        await using var service = await StartAsync("--Cache:Store", "directory", "--Cache:Directory", folder.Path);
        service.Put("film.mkv", "the film");
        var file = await AddAsync(service, $$"""{"file_path": "film.mkv", "cache_method": "{{asked}}", "operation": "trakt"}""");
        Assert.Equal(method, file.GetProperty("cache_method").GetString());
        var original = new FileInfo(Path.Combine(service.Origin, "film.mkv"));
        Assert.Equal(method == "atomic_symlink", original.LinkTarget is not null);
        Assert.Equal("the film", service.Get("film.mkv"));
        var address = $"{FilesAddress}/{file.GetProperty("id").GetString()}";
        Assert.Equal("the film", await service.Http.GetStringAsync(address + "/content"));
        await DataAsync(await service.Http.PostAsync("/api/cached/verify", null));

        await DataAsync(await service.Http.DeleteAsync(address));
        Assert.Null(new FileInfo(original.FullName).LinkTarget);
        Assert.Equal("the film", service.Get("film.mkv"));
        var watched = await AddAsync(service, """{"file_path": "film.mkv", "cache_method": "symlink", "operation": "active_watching"}""");
        Assert.Equal("atomic_copy", watched.GetProperty("cache_method").GetString());
    }

    [Fact]
    public async Task An_existing_copy_is_recorded_without_copying_and_its_path_may_be_any()
    {
        await using var service = await StartAsync();
        service.Put("cache/file.mkv", "cached bytes");
        var file = await AddAsync(service, """
            {"file_path": "/path/to/file.mkv", "original_path": "/media/file.mkv", "cached_path": "/mnt/nas/cache/file.mkv",
             "cache_method": "symlink", "user_id": "user1", "triggered_by_operation": "watchlist"}
            """);
        Assert.Equal("atomic_symlink", file.GetProperty("cache_method").GetString());
        Assert.Equal("/media/file.mkv", file.GetProperty("original_path").GetString());
        Assert.Equal("/mnt/nas/cache/file.mkv", file.GetProperty("cached_path").GetString());
        Assert.Equal(12, file.GetProperty("file_size_bytes").GetInt32());
        Assert.Equal("cached bytes", await service.Http.GetStringAsync($"{FilesAddress}/{file.GetProperty("id").GetString()}/content"));
        await ErrorAsync(404, "not_found", await service.Http.PostAsync(FilesAddress, Json("""{"file_path": "/x", "cached_path": "/mnt/nas/none"}""")));

        // It is somebody else's file, and is served as it is now.
        var address = $"{FilesAddress}/{file.GetProperty("id").GetString()}/content";
        using var before = await service.Http.GetAsync(address);
        service.Put("cache/file.mkv", "cached BYTES");
        using var after = await service.Http.GetAsync(address);
        Assert.Equal("cached BYTES", await after.Content.ReadAsStringAsync());
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
        service.Put("cache/file.mkv", "cached bytes, and more");
        Assert.Equal("cached bytes, and more", await service.Http.GetStringAsync(address));
        File.Delete(Path.Combine(service.Origin, "cache/file.mkv"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync(address));

        // A blob of the cache container, by its path and by its address.
        await service.Contents.WriteAsync("cache", "brought/b ä.mkv", new MemoryStream("brought"u8.ToArray()), 7, default);
        var container = service.Services.GetRequiredService<CacheContainer>().Address!.AbsoluteUri;
        foreach (var path in new[] { "/cache/brought/b ä.mkv", $"{container}/brought/b%20%C3%A4.mkv" })
        {
            var brought = await AddAsync(service, $$"""{"file_path": "/by/{{path.Length}}", "cached_path": "{{path}}"}""");
            Assert.Equal(path, brought.GetProperty("cached_path").GetString());
            Assert.Equal("brought", await service.Http.GetStringAsync($"{FilesAddress}/{brought.GetProperty("id").GetString()}/content"));
        }

        foreach (var path in new[] { $"{container[..^5]}sessions/x", $"{container}/../sessions/x", $"{container}/x?sig=1", "https://example.com/cache/x" })
            await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync(FilesAddress, Json($$"""{"file_path": "/x", "cached_path": "{{path}}"}""")));
    }

    [Theory]
    [InlineData("""{"file_path": "a.txt", "triggered_by_operation": "plex"}""", 400, "triggered_by_operation")]
    [InlineData("""{"file_path": "a.txt", "cache_method": "move"}""", 400, "cache_method")]
    [InlineData("""{"file_path": "a.txt", "metadata": [1]}""", 400, "metadata")]
    [InlineData("""{"file_path": "/path/to/file.mkv"}""", 400, "file_path")]
    [InlineData("""{"user_id": "user1"}""", 400, "file_path")]
    [InlineData("""{"file_path": "a.txt", "cache_method": "atomic_symlink"}""", 409, null)]
    [InlineData("""{"file_path": "none.txt"}""", 404, null)]
    public async Task A_bad_request_names_its_field(string body, int status, string? field)
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        using var answer = await service.Http.PostAsync(FilesAddress, Json(body));
        var error = await ErrorAsync(status, status switch { 400 => "invalid_argument", 409 => "conflict", _ => "not_found" }, answer);
        if (field is not null) Assert.True(error.GetProperty("details").TryGetProperty(field, out _), error.GetRawText());
    }

    [Fact]
    public async Task The_log_tells_newest_first_what_was_done_and_what_failed()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var file = await AddAsync(service, """{"file_path": "a.txt", "user_id": "user1"}""");
        await ErrorAsync(404, "not_found", await service.Http.PostAsync(FilesAddress, Json("""{"file_path": "none.txt", "user_id": "user1"}""")));
        var log = await DataAsync(await service.Http.GetAsync("/api/cached/operations?user_id=user1"));
        var operations = log.GetProperty("operations").EnumerateArray().ToList();
        Assert.Equal(2, operations.Count);
        Assert.False(operations[0].GetProperty("success").GetBoolean());
        Assert.Contains("none.txt", operations[0].GetProperty("error_message").GetString(), StringComparison.Ordinal);
        Assert.Equal("file_cached", operations[1].GetProperty("operation_type").GetString());
        var one = await DataAsync(await service.Http.GetAsync($"/api/cached/operations?file_id={file.GetProperty("id").GetString()}"));
        Assert.Single(one.GetProperty("operations").EnumerateArray());
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/cached/operations?file_id=x"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync(FilesAddress + "/not-a-uuid"));
    }

    private static async Task<JsonElement> AddAsync(TestService service, string body) =>
        await DataAsync(await service.Http.PostAsync(FilesAddress, Json(body)));
}
