using System.Net;
using System.Net.Http.Headers;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Storage;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Sessions;

/// <summary>The README's walk through a session, over HTTP on real storage, with what each step costs there.</summary>
public sealed class SessionWalkTests
{
    [Fact]
    public async Task A_file_is_opened_read_saved_written_back_and_closed_for_few_storage_transactions()
    {
        await using var service = await StartAsync();
        service.Put("documents/warm.txt", "warm");
        service.Put("documents/report.docx", "old report");
        // Tables and containers are made by the first use; that is not what is counted here.
        await service.Http.DeleteAsync($"/api/sessions/{await service.OpenAsync("documents/warm.txt")}");

        var address = "";
        var created = await service.CountAsync(async () =>
        {
            using var answer = await service.Http.PostAsync("/api/sessions", Json(
                """{"user_id": 1, "file_path": "documents/report.docx", "nas_file_path": "/mnt/nas/documents/report.docx"}"""));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            address = answer.Headers.Location!.OriginalString;
            var session = await DataAsync(answer);
            Assert.Equal($"/api/sessions/{session.GetProperty("session_id").GetString()}", address);
            Assert.Equal("1", session.GetProperty("user_id").GetString());
            Assert.Equal("active", session.GetProperty("state").GetString());
            Assert.Equal(10, session.GetProperty("size_bytes").GetInt64());
            Assert.Equal(1, session.GetProperty("version").GetInt64());
            Assert.False(session.GetProperty("dirty").GetBoolean());
        });
        Assert.True(created.Tables <= 2 && created.Blobs == 1 && created[StorageCall.BlobWrite] == 1, created.ToString());

        EntityTagHeaderValue? tag = null;
        var read = await service.CountAsync(async () =>
        {
            using var answer = await service.Http.GetAsync(address + "/content");
            Assert.Equal("old report", await answer.Content.ReadAsStringAsync());
            tag = answer.Headers.ETag;
        });
        Assert.Equal("TableRead 1, BlobRead 1", read.ToString());
        var warm = await service.CountAsync(async () => Assert.Equal("old report", await service.Http.GetStringAsync(address + "/content")));
        Assert.Equal("TableRead 1", warm.ToString());

        var unchanged = await service.CountAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address + "/content");
            request.Headers.IfNoneMatch.Add(tag!);
            using var answer = await service.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        });
        Assert.Equal("TableRead 1", unchanged.ToString());

        using (var request = new HttpRequestMessage(HttpMethod.Get, address + "/content"))
        {
            request.Headers.Range = new RangeHeaderValue(4, null);
            using var answer = await service.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            Assert.Equal("report", await answer.Content.ReadAsStringAsync());
        }

        var saved = await service.CountAsync(async () =>
        {
            using var answer = await service.Http.PutAsync(address + "/content", new StringContent("new report"));
            Assert.Equal(2, (await DataAsync(answer)).GetProperty("version").GetInt64());
        });
        Assert.Equal("TableRead 1, TableWrite 1, BlobWrite 1", saved.ToString());
        Assert.Equal("old report", service.Get("documents/report.docx"));
        Assert.True((await InfoAsync(service, address)).GetProperty("dirty").GetBoolean());

        var synced = await service.CountAsync(async () =>
        {
            using var answer = await service.Http.PostAsync(address + "/sync", null);
            var data = await DataAsync(answer);
            Assert.True(data.GetProperty("written").GetBoolean());
            Assert.False(data.GetProperty("session").GetProperty("dirty").GetBoolean());
        });
        Assert.Equal("TableRead 4, TableWrite 2, BlobRead 1", synced.ToString());
        Assert.Equal("new report", service.Get("documents/report.docx"));

        using var closed = await service.Http.DeleteAsync(address);
        Assert.Equal("closed", (await DataAsync(closed)).GetProperty("state").GetString());
        await ErrorAsync(404, "not_found", await service.Http.GetAsync(address));
    }

    [Fact]
    public async Task A_conflict_answers_409_with_both_versions_and_is_resolved_by_the_callers_choice()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        await service.Http.PutAsync(address + "/content", new StringContent("mine"));
        service.Put("a.txt", "theirs");

        var error = await ErrorAsync(409, "conflict", await service.Http.PostAsync(address + "/sync", null));
        Assert.Equal(3, error.GetProperty("details").GetProperty("expected").GetProperty("size_bytes").GetInt64());
        Assert.Equal(6, error.GetProperty("details").GetProperty("actual").GetProperty("size_bytes").GetInt64());
        Assert.Equal("conflict", (await InfoAsync(service, address)).GetProperty("state").GetString());
        await ErrorAsync(409, "conflict", await service.Http.DeleteAsync(address));

        using var answer = await service.Http.PostAsync(address + "/sync", Json("""{"on_conflict": "keep_both"}"""));
        var copy = (await DataAsync(answer)).GetProperty("conflict_copy").GetString()!;
        Assert.StartsWith("/mnt/nas/a (conflict 1 ", copy, StringComparison.Ordinal);
        Assert.Equal("mine", service.Get(copy["/mnt/nas/".Length..]));
        Assert.Equal("theirs", service.Get("a.txt"));
    }

    [Theory]
    [InlineData("""{"file_path": "a.txt"}""", "user_id")]
    [InlineData("""{"user_id": 1}""", "file_path")]
    [InlineData("""{"user_id": [], "file_path": "a.txt"}""", "user_id")]
    [InlineData("""{"user_id": 1, "file_path": "../a.txt"}""", "file_path")]
    [InlineData("""{"user_id": 1, "file_path": "/etc/passwd"}""", "file_path")]
    [InlineData("""{"user_id": 1, "file_path": "a.txt", "nas_file_path": "/etc/passwd"}""", "nas_file_path")]
    [InlineData("""{"user_id": 1, "file_path": "a.txt", "nas_file_path": "/mnt/nas/../x"}""", "nas_file_path")]
    [InlineData("""{"user_id": 1, "file_path": "a.txt", "lokc": true}""", "lokc")]
    [InlineData("""{"user_id": 1, "file_path": "a\u0000.txt"}""", "file_path")]
    [InlineData("""{"user_id": "\ud800", "file_path": "a.txt"}""", "user_id")]
    [InlineData("""{"user_id": 1, "user_id": 2, "file_path": "a.txt"}""", "user_id")]
    [InlineData("""{"user_id": 1, "file_path": "\ud800.txt"}""", "file_path")]
    [InlineData("""{"user_id": 1, "file_path": "a\u0000", "nas_file_path": "/mnt/nas/a.txt"}""", "file_path")]
    public async Task A_bad_request_names_its_field(string body, string field)
    {
        await using var service = await StartAsync();
        var error = await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/sessions", Json(body)));
        Assert.True(error.GetProperty("details").TryGetProperty(field, out _), error.GetRawText());
    }

    [Fact]
    public async Task Bodies_that_are_not_JSON_objects_are_refused()
    {
        await using var service = await StartAsync();
        foreach (var body in new[] { "", "{", "[]", "null", "\"x\"", "{\"user_id\": 1,}" })
            await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/sessions", Json(body)));
        await ErrorAsync(415, "unsupported_media_type", await service.Http.PostAsync("/api/sessions", new StringContent("user_id=1")));
        await ErrorAsync(415, "unsupported_media_type", await service.Http.PostAsync("/api/sessions", new ByteArrayContent("{}"u8.ToArray())));
        await ErrorAsync(413, "too_large", await service.Http.PostAsync("/api/sessions", Json(new string(' ', 2 << 20))));
        var longPath = new string('a', 3000);
        foreach (var fields in new[] { $"\"file_path\": \"{longPath}\"", $"\"file_path\": \"{longPath}\", \"nas_file_path\": \"/mnt/nas/a.txt\"" })
            await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync("/api/sessions", Json($$"""{"user_id": 1, {{fields}}}""")));
        await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync(
            "/api/sessions", Json($$"""{"user_id": "{{longPath}}", "file_path": "a.txt"}""")));
    }

    [Fact]
    public async Task A_save_that_is_not_the_whole_content_as_it_is_is_refused_and_changes_nothing()
    {
        await using var service = await StartAsync();
        service.Put("a.txt", "one");
        var address = $"/api/sessions/{await service.OpenAsync("a.txt")}";
        using var encoded = new StringContent("two");
        encoded.Headers.ContentEncoding.Add("gzip");
        await ErrorAsync(415, "unsupported_media_type", await service.Http.PutAsync(address + "/content", encoded));
        using var span = new StringContent("two");
        span.Headers.ContentRange = new ContentRangeHeaderValue(0, 2, 3);
        await ErrorAsync(400, "invalid_argument", await service.Http.PutAsync(address + "/content", span));
        using var stale = new HttpRequestMessage(HttpMethod.Put, address + "/content") { Content = new StringContent("two") };
        stale.Headers.IfMatch.Add(new EntityTagHeaderValue("\"other\""));
        await ErrorAsync(412, "precondition_failed", await service.Http.SendAsync(stale));
        Assert.Equal(1, (await InfoAsync(service, address)).GetProperty("version").GetInt64());

        await DataAsync(await service.Http.PutAsync(address + "/content", new StringContent("two")));
        await ErrorAsync(412, "precondition_failed", await FencedSyncAsync("7"));
        await ErrorAsync(400, "invalid_argument", await FencedSyncAsync("-1"));
        await ErrorAsync(400, "invalid_argument", await service.Http.PostAsync(address + "/sync", Json("""{"on_conflict": "win"}""")));
        Assert.Equal("one", service.Get("a.txt"));

        async Task<HttpResponseMessage> FencedSyncAsync(string fence)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address + "/sync");
            request.Headers.Add("X-Fence", fence);
            return await service.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_a_404_or_405_in_the_envelope()
    {
        await using var service = await StartAsync();
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/nothing"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync($"/api/sessions/{new string('0', 34)}"));
        await ErrorAsync(404, "not_found", await service.Http.GetAsync("/api/sessions/..%2f..%2fetc%2fpasswd-and-more"));
        using var answer = await service.Http.PatchAsync("/api/sessions", null);
        await ErrorAsync(405, "method_not_allowed", answer);
        Assert.Equal("GET, POST", string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/sessions?limt=3"));
        await ErrorAsync(400, "invalid_argument", await service.Http.GetAsync("/api/sessions?cursor=zz"));
    }

    [Fact]
    public async Task Health_answers_and_readiness_tells_what_storage_says()
    {
        await using var service = await StartAsync();
        Assert.Equal("alive", (await DataAsync(await service.Http.GetAsync("/api/health"))).GetProperty("status").GetString());
        var ready = await DataAsync(await service.Http.GetAsync("/api/ready"));
        Assert.Equal("ok", ready.GetProperty("checks").GetProperty("tables").GetString());
    }

    private static async Task<System.Text.Json.JsonElement> InfoAsync(TestService service, string address) =>
        await DataAsync(await service.Http.GetAsync(address));
}
