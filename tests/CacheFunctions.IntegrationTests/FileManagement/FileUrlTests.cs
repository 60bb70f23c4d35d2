using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.FileManagement;

/// <summary>Uploads straight to storage, and downloads by an address that is a permission.</summary>
public sealed class FileUrlTests : IAsyncLifetime
{
    private static readonly HttpClient Browser = new();

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await StartAsync("--Keys:Function:default", "the-key");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task An_uploaded_file_is_there_at_once_and_is_downloaded_without_a_key()
    {
        var upload = await PostAsync("upload-url", """{"domain": "blog", "level": "APP", "filename": "posts/1/ä.txt", "content_type": "text/plain"}""");
        await SendAsync(upload, "straight to storage");
        Assert.Equal("straight to storage", await GetAsync("/api/files/blog/app/posts/1/ä.txt"));
        var download = await PostAsync("download-url", """{"domain": "blog", "level": "app", "filename": "posts/1/ä.txt"}""");
        using var answer = await Browser.GetAsync(download.GetProperty("url").GetString());
        Assert.Equal(("straight to storage", "text/plain"), (await answer.Content.ReadAsStringAsync(), answer.Content.Headers.ContentType!.MediaType));
        // Of storage's own: it writes nothing.
        using var changed = await Browser.PutAsync(download.GetProperty("url").GetString(), new StringContent("x"));
        Assert.False(changed.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_encrypted_file_is_downloaded_by_a_signed_address_and_no_other_is_taken()
    {
        using var put = await _service.Http.SendAsync(Keyed(HttpMethod.Put, "/api/files/lms/user/student 1/essay.txt?compress=true", new StringContent("my essay")));
        put.EnsureSuccessStatusCode();
        var download = await PostAsync("download-url", """{"domain": "lms", "level": "user", "user_id": "student 1", "filename": "essay.txt", "expires_in": 60}""");
        var url = download.GetProperty("url").GetString()!;
        Assert.StartsWith(_service.Http.BaseAddress!.AbsoluteUri, url, StringComparison.Ordinal);
        Assert.Equal("my essay", await Browser.GetStringAsync(url));
        using var head = await Browser.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        await ErrorAsync(403, "forbidden", await Browser.GetAsync(url.Replace("essay.txt", "other.txt", StringComparison.Ordinal)));
        await ErrorAsync(403, "forbidden", await Browser.GetAsync(url[..^1] + (url[^1] == 'A' ? 'B' : 'A')));
        await ErrorAsync(403, "forbidden", await Browser.GetAsync(url.Split('?')[0]));
        await ErrorAsync(405, "method_not_allowed", await Browser.DeleteAsync(url));
        await ErrorAsync(401, "unauthenticated", await Browser.GetAsync(new Uri(_service.Http.BaseAddress, "/api/files/lms/user/student 1/essay.txt")));
        await RefusedAsync("download-url", """{"domain": "lms", "level": "user", "user_id": "student 1", "filename": "none.txt"}""", 404, "file_not_found");
    }

    [Fact]
    public async Task A_staged_upload_becomes_the_file_once_it_is_found_right()
    {
        const string text = "verified";
        var upload = await PostAsync("upload-url", """{"domain": "commerce", "level": "user", "user_id": 9, "filename": "invoice.txt", "content_type": "text/plain", "staged": true}""");
        var (id, hash) = (upload.GetProperty("upload_id").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        await RefusedAsync("commit", Commit(8, hash), 404, "not_found");
        await SendAsync(upload, text);
        using var early = await _service.Http.SendAsync(Keyed(HttpMethod.Get, "/api/files/commerce/user/9/invoice.txt"));
        await ErrorAsync(404, "file_not_found", early);
        await RefusedAsync("commit", Commit(7, hash), 400, "invalid_argument");
        await RefusedAsync("commit", Commit(8, new string('0', 64)), 400, "invalid_argument");
        using var still = await _service.Http.SendAsync(Keyed(HttpMethod.Get, "/api/files/commerce/user/9/invoice.txt"));
        await ErrorAsync(404, "file_not_found", still);
        for (var again = 0; again < 2; again++) Assert.Equal((hash, "text/plain"), Facts(await PostAsync("commit", Commit(8, hash))));
        Assert.Equal(text, await GetAsync("/api/files/commerce/user/9/invoice.txt"));

        string Commit(int size, string sha256) => JsonSerializer.Serialize(new { upload_id = id, size_bytes = size, sha256 });
        static (string?, string?) Facts(JsonElement file) => (file.GetProperty("sha256").GetString(), file.GetProperty("content_type").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(604_801)]
    public async Task An_expiry_out_of_bounds_is_refused(int seconds)
    {
        foreach (var call in new[] { "upload-url", "download-url" })
            await RefusedAsync(call, $$"""{"domain": "blog", "level": "app", "filename": "a", "content_type": "text/plain", "expires_in": {{seconds}}}""", 400, "invalid_argument");
    }

    private static HttpRequestMessage Keyed(HttpMethod method, string address, HttpContent? content = null) =>
        new(method, address) { Content = content, Headers = { { "x-functions-key", "the-key" } } };

    private async Task<string> GetAsync(string address)
    {
        using var answer = await _service.Http.SendAsync(Keyed(HttpMethod.Get, address));
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private async Task<JsonElement> PostAsync(string call, string json)
    {
        using var answer = await _service.Http.SendAsync(Keyed(HttpMethod.Post, $"/api/files/{call}", Json(json)));
        return await DataAsync(answer);
    }

    private async Task RefusedAsync(string call, string json, int status, string code)
    {
        using var answer = await _service.Http.SendAsync(Keyed(HttpMethod.Post, $"/api/files/{call}", Json(json)));
        await ErrorAsync(status, code, answer);
    }

    private static async Task SendAsync(JsonElement upload, string text)
    {
        using var request = new HttpRequestMessage(new HttpMethod(upload.GetProperty("method").GetString()!), upload.GetProperty("url").GetString());
        request.Content = new StringContent(text);
        foreach (var header in upload.GetProperty("headers").EnumerateObject()) request.Headers.Add(header.Name, header.Value.GetString());
        using var answer = await Browser.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
