using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Storage;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Sessions;

/// <summary>Every call about sessions and locks beyond the walk, over HTTP on real storage.</summary>
public sealed class SessionCallTests
{
    [Fact]
    public async Task A_lock_is_granted_renewed_by_a_save_shown_released_and_broken()
    {
        await using var service = await StartAsync("--Keys:Function:app", "k1", "--Keys:Master", "k2");
        service.Http.DefaultRequestHeaders.Add("x-functions-key", "k1");
        service.Put("a.txt", "one");
        var alice = $"/api/sessions/{await service.OpenAsync("a.txt", "alice")}";
        var bob = $"/api/sessions/{await service.OpenAsync("a.txt", "bob")}";
        Assert.False((await LockAsync(service)).GetProperty("locked").GetBoolean());

        var grant = await DataAsync(await service.Http.PostAsync(
            alice + "/lock", Json("""{"user_id": "alice", "file_path": "a.txt", "ttl_seconds": 100}""")));
        var fence = grant.GetProperty("fence").GetInt64();
        var error = await ErrorAsync(423, "locked", await service.Http.PostAsync(bob + "/lock", null));
        Assert.Equal("alice", error.GetProperty("details").GetProperty("holder").GetString());
        Assert.True(error.GetProperty("details").TryGetProperty("expires_at", out _));
        Assert.Equal("alice", (await LockAsync(service)).GetProperty("holder").GetString());

        await ErrorAsync(412, "precondition_failed", await SendAsync(service, HttpMethod.Put, alice + "/content", "x", fence + 1));
        await ErrorAsync(412, "precondition_failed", await SendAsync(service, HttpMethod.Put, bob + "/content", "x", fence));
        var saved = await service.CountAsync(async () =>
            await DataAsync(await SendAsync(service, HttpMethod.Put, alice + "/content", "two", fence)));
        Assert.True(saved.Tables <= 3 && saved[StorageCall.TableWrite] == 1 && saved[StorageCall.BlobWrite] == 1, saved.ToString());
        Assert.True(Expiry(await LockAsync(service)) > grant.GetProperty("expires_at").GetDateTimeOffset());

        Assert.Equal(fence, (await DataAsync(await service.Http.PutAsync(alice + "/lock", null))).GetProperty("fence").GetInt64());
        await DataAsync(await service.Http.DeleteAsync(alice + "/lock"));
        var second = await DataAsync(await service.Http.PostAsync(bob + "/lock", null));
        Assert.True(second.GetProperty("fence").GetInt64() > fence);
        Assert.Equal("bob", (await DataAsync(await service.Http.DeleteAsync("/api/locks?file_path=/mnt/nas/a.txt"))).GetProperty("holder").GetString());
        await ErrorAsync(404, "not_found", await service.Http.DeleteAsync("/api/locks?file_path=a.txt"));
        await ErrorAsync(412, "precondition_failed", await service.Http.PutAsync(bob + "/lock", null));
        foreach (var body in new[] { """{"user_id": "bob"}""", """{"file_path": "b.txt"}""", """{"ttl_seconds": 1}""", """{"ttl_seconds": 99999999999}""" })
            await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync(alice + "/lock", Json(body)));

        static DateTimeOffset Expiry(JsonElement state) => state.GetProperty("expires_at").GetDateTimeOffset();
    }

    [Fact]
    public async Task A_patch_sends_and_stores_only_its_span()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "abcdef");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        var counts = await service.CountAsync(async () =>
        {
            using var answer = await PatchAsync("bytes 2-3/6", "XY");
            var data = await DataAsync(answer);
            Assert.Equal(2, data.GetProperty("version").GetInt64());
            Assert.Equal(Hash("abXYef"), data.GetProperty("sha256").GetString());
            Assert.Equal(data.GetProperty("etag").GetString(), answer.Headers.ETag!.Tag);
        });
        Assert.Equal(1, counts[StorageCall.BlobWrite]);
        Assert.Equal("abXYef", await service.Http.GetStringAsync(address + "/content"));
        using (var part = new HttpRequestMessage(HttpMethod.Get, address + "/content"))
        {
            part.Headers.Range = new RangeHeaderValue(1, 4);
            Assert.Equal("bXYe", await (await service.Http.SendAsync(part)).Content.ReadAsStringAsync());
        }

        await DataAsync(await PatchAsync("bytes 6-8/*", "end"));
        Assert.Equal("abXYefend", await service.Http.GetStringAsync(address + "/content"));
        await ErrorAsync(416, "range_not_satisfiable", await PatchAsync("bytes 11-11/12", "x"));
        foreach (var range in new[] { "", "bytes 0-5/9", "bytes */9", "bytes 0-2/5", "lines 0-2/9", "bytes 2-0/9", "bytes -3/9", "bytes 0-99999999999999999999/9" })
            await ErrorAsync(400, "invalid_argument", await PatchAsync(range, "abc"));
        Assert.Equal("abXYefend", await service.Http.GetStringAsync(address + "/content"));
        await DataAsync(await service.Http.PostAsync(address + "/sync", null));
        Assert.Equal("abXYefend", service.Get("a.txt"));

        async Task<HttpResponseMessage> PatchAsync(string range, string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, address + "/content") { Content = new StringContent(text) };
            if (range.Length > 0) request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
            return await service.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_upload_goes_straight_to_storage_and_is_verified_at_its_commit()
    {
        await using var service = await StartAsync();
        service.Put("a.bin", "old");
        var (sessions, session) = (service.Client.Sessions, await service.OpenAsync("a.bin"));
        var old = (await sessions.GetAsync(session)).Etag;
        var content = RandomNumberGenerator.GetBytes(300_000);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var upload = await sessions.CreateUploadAsync(session);
        await RefusedAsync("not_found", upload.UploadId!, content.Length, hash);
        await service.Client.Files.SendToAsync(upload, new MemoryStream(content));

        await RefusedAsync("invalid_argument", upload.UploadId!, content.Length - 1, hash);
        await RefusedAsync("invalid_argument", upload.UploadId!, content.Length, new string('0', 64));
        await RefusedAsync("invalid_argument", "../../x", 1, "");
        await using (var before = await sessions.OpenContentAsync(session)) Assert.Equal("old", await before.ReadTextAsync());
        // Under the version before: a commit that is repeated after a lost answer does not find it any more.
        for (var i = 0; i < 2; i++)
        {
            var committed = await (await CommitAsync(upload.UploadId!, content.Length, hash)).WaitAsync();
            Assert.Equal((2, hash), (committed.Version, committed.Sha256));
        }

        await using (var after = await sessions.OpenContentAsync(session)) Assert.Equal(content, await after.ReadBytesAsync());

        Task<Outcome<SavedVersion>> CommitAsync(string id, long size, string sha256) =>
            sessions.CommitUploadAsync(session, id, size, sha256, new WriteConditions { IfMatch = old });

        async Task RefusedAsync(string code, string id, long size, string sha256) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<CacheApiException>(() => CommitAsync(id, size, sha256))).Code);
    }

    [Fact]
    public async Task Versions_are_listed_page_by_page_and_an_old_one_is_restored_as_a_new_one()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        foreach (var text in new[] { "two", "three" }) await DataAsync(await service.Http.PutAsync(address + "/content", new StringContent(text)));
        using var restored = await service.Http.PostAsync(address + "/versions/1/restore", null);
        Assert.Equal(4, (await DataAsync(restored)).GetProperty("version").GetInt64());
        Assert.Equal("one", await service.Http.GetStringAsync(address + "/content"));
        var first = await DataAsync(await service.Http.GetAsync(address + "/versions?limit=3"));
        Assert.Equal([4, 3, 2], first.GetProperty("versions").EnumerateArray().Select(each => each.GetProperty("version").GetInt32()));
        var cursor = first.GetProperty("pagination").GetProperty("cursor").GetString();
        var last = await DataAsync(await service.Http.GetAsync($"{address}/versions?limit=3&cursor={cursor}"));
        Assert.Equal(1, Assert.Single(last.GetProperty("versions").EnumerateArray()).GetProperty("version").GetInt32());
        Assert.False(last.GetProperty("pagination").GetProperty("has_more").GetBoolean());
        await ErrorAsync(404, "not_found", await service.Http.PostAsync(address + "/versions/99/restore", null));
        await ErrorAsync(404, "not_found", await service.Http.PostAsync(address + "/versions/x/restore", null));
    }

    [Fact]
    public async Task The_same_Idempotency_Key_gives_one_effect_and_the_same_answer_and_another_body_is_422()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        service.Put("b.txt", "one");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CreateAsync("a.txt", "key-1")));
        var ids = new List<string>();
        foreach (var answer in answers) ids.Add((await DataAsync(answer)).GetProperty("session_id").GetString()!);
        Assert.Single(ids.Distinct());
        await ErrorAsync(422, "idempotency_mismatch", await CreateAsync("b.txt", "key-1"));
        Assert.NotEqual(ids[0], (await DataAsync(await CreateAsync("b.txt", "key-2"))).GetProperty("session_id").GetString());
        await ErrorAsync(400, "invalid_argument", await CreateAsync("b.txt", new string('k', 300)));

        var address = $"/api/sessions/{ids[0]}";
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address + "/versions/1/restore");
            request.Headers.Add("Idempotency-Key", "key-1");
            Assert.Equal(2, (await DataAsync(await service.Http.SendAsync(request))).GetProperty("version").GetInt64());
        }

        async Task<HttpResponseMessage> CreateAsync(string path, string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sessions") { Content = Json($$"""{"user_id": 1, "file_path": "{{path}}"}""") };
            request.Headers.Add("Idempotency-Key", key);
            return await service.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Cleanup_statistics_and_the_log_answer()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var id = await service.OpenAsync("a.txt", "alice");
        await DataAsync(await service.Http.PutAsync($"/api/sessions/{id}/content", new StringContent("two!")));
        var numbers = await DataAsync(await service.Http.GetAsync("/api/sessions/statistics"));
        Assert.Equal((1, 1, 4), (numbers.GetProperty("total").GetInt32(), numbers.GetProperty("dirty").GetInt32(), numbers.GetProperty("bytes").GetInt32()));
        Assert.Equal(1, numbers.GetProperty("by_state").GetProperty("active").GetInt32());

        var log = await DataAsync(await service.Http.GetAsync("/api/sessions/operations?user_id=alice&limit=1"));
        var newest = Assert.Single(log.GetProperty("operations").EnumerateArray());
        Assert.Equal(("session_saved", id), (newest.GetProperty("operation_type").GetString(), newest.GetProperty("session_id").GetString()));
        log = await DataAsync(await service.Http.GetAsync(
            $"/api/sessions/operations?cursor={log.GetProperty("pagination").GetProperty("cursor").GetString()}"));
        Assert.Equal("session_created", Assert.Single(log.GetProperty("operations").EnumerateArray()).GetProperty("operation_type").GetString());

        var cleanup = await DataAsync(await service.Http.PostAsync("/api/sessions/cleanup", Json("""{"max_age_minutes": 1, "dry_run": true}""")));
        Assert.Equal(0, cleanup.GetProperty("cleaned_count").GetInt32());
        await DataAsync(await service.Http.PostAsync("/api/sessions/cleanup", null));
        await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/sessions/cleanup", Json("""{"max_age_minutes": 0}""")));
    }

    [Fact]
    public async Task Origins_are_browsed_page_by_page()
    {
        await using var service = await StartAsync();
        foreach (var path in new[] { "b.txt", "a.txt", "folder/ä.txt", ".cachefunctions-1-x.part" }) service.Put(path, "text");
        var origins = await DataAsync(await service.Http.GetAsync("/api/origins"));
        Assert.Equal("/mnt/nas/", Assert.Single(origins.GetProperty("origins").EnumerateArray()).GetProperty("prefix").GetString());
        var first = await DataAsync(await service.Http.GetAsync("/api/origins/nas/entries?limit=2"));
        Assert.Equal(["a.txt", "b.txt"], first.GetProperty("entries").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
        var rest = await DataAsync(await service.Http.GetAsync(
            $"/api/origins/nas/entries?limit=2&cursor={first.GetProperty("pagination").GetProperty("cursor").GetString()}"));
        Assert.Equal("folder", Assert.Single(rest.GetProperty("entries").EnumerateArray()).GetProperty("type").GetString());
        var inside = await DataAsync(await service.Http.GetAsync("/api/origins/nas/entries?path=folder"));
        var entry = Assert.Single(inside.GetProperty("entries").EnumerateArray());
        Assert.Equal(("folder/ä.txt", 4), (entry.GetProperty("path").GetString(), entry.GetProperty("size_bytes").GetInt32()));
        await service.OpenAsync(entry.GetProperty("nas_file_path").GetString()!);
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/origins/tape/entries"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/origins/nas/entries?path=nowhere"));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/origins/nas/entries?path=../x"));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/origins/nas/entries?cursor=%25"));
    }

    [Fact]
    public async Task A_large_file_is_opened_saved_and_written_back_and_its_job_can_be_asked_for()
    {
        await using var service = await StartAsync();
        var content = new byte[130 << 20];
        new Random(5).NextBytes(content);
        service.Put("large.bin", content);
        using var created = await service.Http.PostAsync("/api/sessions", Json("""{"user_id": 1, "file_path": "large.bin"}"""));
        Assert.Contains(created.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Accepted });
        var session = await DataAsync(created);
        var address = $"/api/sessions/{session.GetProperty("session_id").GetString()}";
        while (session.GetProperty("state").GetString() == "preparing") session = await DataAsync(await service.Http.GetAsync(address));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), session.GetProperty("sha256").GetString());

        content[7]++;
        await DataAsync(await service.Http.PutAsync(address + "/content", new ByteArrayContent(content)));
        using var synced = await service.Http.PostAsync(address + "/sync", null);
        Assert.Contains(synced.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Accepted });
        if (synced.StatusCode == HttpStatusCode.Accepted)
        {
            var job = await DataAsync(await service.Http.GetAsync(synced.Headers.Location));
            while (job.GetProperty("state").GetString() == "running") job = await DataAsync(await service.Http.GetAsync(synced.Headers.Location));
            Assert.Equal("succeeded", job.GetProperty("state").GetString());
        }

        Assert.Equal(content, service.GetBytes("large.bin"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/jobs/none"));
    }

    private static async Task<JsonElement> LockAsync(TestService service) =>
        await DataAsync(await service.Http.GetAsync("/api/locks?file_path=a.txt"));

    private static async Task<HttpResponseMessage> SendAsync(TestService service, HttpMethod method, string address, string text, long fence)
    {
        using var request = new HttpRequestMessage(method, address) { Content = new StringContent(text) };
        request.Headers.Add("X-Fence", $"{fence}");
        return await service.Http.SendAsync(request);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
