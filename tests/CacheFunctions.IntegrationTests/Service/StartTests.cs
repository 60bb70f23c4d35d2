using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CacheFunctions.Errors;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>What is wrong at the start is said in one line that names the setting and what is allowed.</summary>
public sealed class StartTests
{
    private static readonly string Key = Convert.ToBase64String(SHA256.HashData("a key for tests"u8));

    [Theory]
    [InlineData("Sessions:KeepVersions", "many", "1 to 10000")]
    [InlineData("Sessions:KeepVersions", "0", "1 to 10000")]
    [InlineData("Sessions:KeepVersoins", "3", "KeepVersions")]
    [InlineData("Sessions:SyncAfterSeconds", "-1", "0 to 86400")]
    [InlineData("Schedules:Frequent", "every minute", "six cron fields")]
    [InlineData("Auth:TrustPlatformPrincipal", "perhaps", "true or false")]
    [InlineData("Auth:Authority", "login", "https")]
    [InlineData("Cors:Origins", "https://app.example.com/path", "without a path")]
    [InlineData("Origins:nas:Path", "/no/such/folder", "no such folder")]
    [InlineData("Origins:nas:Prefix", "mnt", "begin and end with /")]
    [InlineData("Origins:nas:Type", "ftp", "directory")]
    [InlineData("Origins:nas:UnicodeForm", "nfx", "nfc")]
    [InlineData("DefaultOrigin", "tape", "nas")]
    [InlineData("AzureWebJobsStorage", "AccountKey=c2VjcmV0", "connection string")]
    [InlineData("Http:MaxBodyBytes", "much", "whole number")]
    [InlineData("Cache:Store", "tape", "blob or directory")]
    [InlineData("Cache:Directory", "/no/such/folder", "Cache:Store")]
    [InlineData("Cache:CopyMode", "false", "Cache:Store")]
    [InlineData("Cache:Stroe", "blob", "Store")]
    [InlineData("Cache:EvictionPolicy", "arc", "one of lru, lfu, fifo, sieve")]
    [InlineData("Cache:TtlSeconds", "-1", "0 to 315360000")]
    [InlineData("Encryption:Keys:a", "c2VjcmV0", "32 random bytes in base64")]
    [InlineData("Encryption:Keys:a", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "weak")]
    [InlineData("Encryption:Keys:a b", "c2VjcmV0", "letters, digits")]
    [InlineData("Encryption:CurrentKey", "a", "no such key")]
    [InlineData("Encryption:Kyes", "a", "Keys")]
    [InlineData("STORAGE_ENCRYPTION_KEY", "your-encryption-key", "openssl rand -base64 32")]
    [InlineData("Files:FreshFor", "soon", "time span")]
    [InlineData("Files:Retension", "01:00:00", "ListRetention")]
    [InlineData("Limits:Content", "0", "1 to 100000")]
    [InlineData("Limits:Contents", "1", "Content")]
    [InlineData("APP_BUCKET", "My_Bucket", "lower-case letters")]
    [InlineData("APP_BUCKET", "sessions", "something else")]
    [InlineData("APP_BUCKET", "cache", "something else")]
    [InlineData("S3_CACHE_BUCKET", "my_cache", "lower-case letters")]
    [InlineData("S3_CACHE_BUCKET", "files", "something else")]
    [InlineData("Events:TopicEndpoint", "topic", "absolute")]
    [InlineData("Events:TopicEndpoint", "http://topic.example.com/api/events", "https")]
    [InlineData("Events:TopicEndpoint", "http://127.0.0.1:1/api/events", "needs a key")]
    [InlineData("Events:TopicKey", "c2VjcmV0", "Events:TopicEndpoint")]
    [InlineData("Events:Topic", "a", "TopicEndpoint")]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_what_is_allowed(string name, string value, string allowed)
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => TestService.StartAsync("--" + name, value));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_s_buckets_are_containers()
    {
        await using var service = await TestService.StartAsync("--APP_BUCKET", "my-files", "--S3_CACHE_BUCKET", "my-cache");
        service.Put("a.txt", "cached");
        using var put = await service.Http.PutAsync("/api/files/blog/app/b.txt", new StringContent("stored"));
        await TestService.DataAsync(put);
        using var added = await service.Http.PostAsync("/api/cached/files", TestService.Json("""{"file_path": "a.txt"}"""));
        var id = (await TestService.DataAsync(added)).GetProperty("id").GetString();
        Assert.Equal("cached", await service.Http.GetStringAsync($"/api/cached/files/{id}/content"));
        Assert.Equal("stored", await service.Http.GetStringAsync("/api/files/blog/app/b.txt"));
        var blobs = service.Services.GetRequiredService<StorageAccount>().Blobs;
        foreach (var (container, name) in new[] { ("my-files", "blog/app/b.txt"), ("my-cache", id!) })
            Assert.StartsWith(name, Assert.Single(await blobs.GetBlobContainerClient(container).GetBlobsAsync().ToListAsync()).Name, StringComparison.Ordinal);
        var containers = await blobs.GetBlobContainersAsync().Select(container => container.Name).ToListAsync();
        Assert.Empty(containers.Intersect(["files", "cache"]));
    }

    [Fact]
    public async Task A_busy_port_is_named_with_a_way_out()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var port = ((IPEndPoint)busy.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<CacheException>(() => TestService.StartAsync("--urls", $"http://127.0.0.1:{port}"));
        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--urls", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_to_others_without_keys_is_refused()
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => TestService.StartAsync("--urls", "http://0.0.0.0:0"));
        Assert.Contains("Keys:Function:default", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_to_others_with_the_development_key_is_refused()
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => TestService.StartAsync("--urls", "http://0.0.0.0:0", "--Keys:Function:default", "k"));
        Assert.Contains("Encryption:Keys", error.Message, StringComparison.Ordinal);
        await using var service = await TestService.StartAsync("--urls", "http://0.0.0.0:0", "--Keys:Function:default", "k", "--STORAGE_ENCRYPTION_KEY", Key);
    }

    [Fact]
    public async Task As_a_custom_handler_it_does_not_start_without_a_key_of_its_own()
    {
        var error = await Assert.ThrowsAsync<CacheException>(() => TestService.StartAsync("--FUNCTIONS_CUSTOMHANDLER_PORT", "7071"));
        Assert.Contains("Encryption:Keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_saves_nothing()
    {
        await using var service = await TestService.StartAsync("--Http:MaxBodyBytes", "1000");
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        await TestService.ErrorAsync(413, "too_large", await service.Http.PutAsync(address + "/content", new ByteArrayContent(new byte[1001])));
        Assert.Equal("one", await service.Http.GetStringAsync(address + "/content"));
    }

    [Fact]
    public async Task With_nothing_configured_a_local_Azurite_and_a_demo_origin_serve_a_first_session()
    {
        using var data = new TempDirectory();
        await using (var service = await LocalService.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--AzureWebJobsStorage", "", "--Local:DataDirectory", data.Path]))
        {
            using var http = new HttpClient { BaseAddress = service.Address };
            using var created = await http.PostAsync(
                "/api/sessions", TestService.Json("""{"user_id": 1, "file_path": "documents/notes.txt"}"""));
            await TestService.DataAsync(created);
            Assert.Equal("Buy milk.\n", await http.GetStringAsync(created.Headers.Location + "/content"));
            var error = await Assert.ThrowsAsync<CacheException>(() => LocalService.StartAsync(
                ["--urls", "http://127.0.0.1:0", "--AzureWebJobsStorage", "", "--Local:DataDirectory", data.Path]));
            Assert.Contains("Local:DataDirectory", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task As_a_custom_handler_the_same_session_is_served_timers_come_from_the_host_and_events_go_without_WebSocket()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var number = ((IPEndPoint)port.LocalEndpoint).Port;
        port.Stop();
        await using var service = await TestService.StartAsync(
            "--FUNCTIONS_CUSTOMHANDLER_PORT", $"{number}", "--Keys:Function:default", "checked-by-the-host", "--Encryption:Keys:1", Key, "--Sessions:SyncAfterSeconds", "0");
        Assert.Equal(number, service.Http.BaseAddress!.Port);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/")).StatusCode);
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        await service.Http.PutAsync(address + "/content", new StringContent("two"));

        using var ran = await service.Http.PostAsync("/RunFrequent", TestService.Json("""{"Data":{"timer":{"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"""));
        Assert.Equal(HttpStatusCode.OK, ran.StatusCode);
        Assert.Equal("two", service.Get("a.txt"));

        // The Functions host cannot upgrade.
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, "/api/cached/events") { Headers = { { "Connection", "Upgrade" }, { "Upgrade", "websocket" } } };
        upgrade.Headers.Add("Sec-WebSocket-Version", "13");
        upgrade.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        using var refused = await service.Http.SendAsync(upgrade);
        var error = (await TestService.ErrorAsync(400, "invalid_argument", refused)).GetProperty("error").GetString();
        Assert.Equal("Upgrade: is not possible under this host. Leave it out, and read Server-Sent Events (text/event-stream) at the same address.", error);
    }
}
