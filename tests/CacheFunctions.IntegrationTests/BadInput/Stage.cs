using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>What a valid request may name: a file, a session on it that holds its lock, its cached copy, a registered directory with a file, files of the same name, an upload to be committed, a job.</summary>
internal sealed record Stage(string FilePath, string SessionId, string Fence, string ETag, string UploadId, string JobId, string FileId, string Directory, string FileUploadId, string SignedUrl)
{
    public const string User = "1";
    public const string Content = "first";
    public const string Upload = "uploaded";

    public static string UploadSha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Upload)));

    /// <summary>A query parameter of the signed address of the stage's encrypted file.</summary>
    public string Signed(string name) => Regex.Match(SignedUrl, $"[?&]{name}=([^&]+)").Groups[1].Value;

    /// <param name="filePath">A file of its own, since the stage holds its lock.</param>
    public static async Task<Stage> SetAsync(HttpClient http, HttpClient storage, string filePath, string jobId)
    {
        using var created = await http.PostAsync(
            "/api/sessions", TestService.Json($$"""{"user_id": "{{User}}", "file_path": "{{filePath}}", "lock": true}"""));
        var session = await TestService.DataAsync(created);
        var id = session.GetProperty("session_id").GetString()!;
        using var asked = await http.PostAsync($"/api/sessions/{id}/upload-url", null);
        var upload = await TestService.DataAsync(asked);
        using var put = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("url").GetString());
        put.Content = new StringContent(Upload);
        foreach (var header in upload.GetProperty("headers").EnumerateObject()) put.Headers.Add(header.Name, header.Value.GetString());
        using var uploaded = await storage.SendAsync(put);
        uploaded.EnsureSuccessStatusCode();
        using var cached = await http.PostAsync("/api/cached/files", TestService.Json($$"""{"file_path": "{{filePath}}"}"""));
        using var stored = await http.PutAsync($"/cache/content/dir-of-{filePath}/file.txt", new StringContent(Content));
        stored.EnsureSuccessStatusCode();
        using var registered = await http.PostAsync($"/cache/register/dir-of-{filePath}", null);
        registered.EnsureSuccessStatusCode();
        foreach (var space in new[] { "app", $"user/{User}" })
        {
            using var file = await http.PutAsync($"/api/files/blog/{space}/dir-of-{filePath}", new StringContent(Content));
            file.EnsureSuccessStatusCode();
        }

        using var staged = await http.PostAsync("/api/files/upload-url", TestService.Json(
            $$"""{"domain": "blog", "level": "app", "filename": "dir-of-{{filePath}}", "staged": true}"""));
        var fileUpload = await TestService.DataAsync(staged);
        using var putFile = new HttpRequestMessage(HttpMethod.Put, fileUpload.GetProperty("url").GetString());
        putFile.Content = new StringContent(Upload);
        foreach (var header in fileUpload.GetProperty("headers").EnumerateObject()) putFile.Headers.Add(header.Name, header.Value.GetString());
        using var uploadedFile = await storage.SendAsync(putFile);
        uploadedFile.EnsureSuccessStatusCode();
        using var signed = await http.PostAsync("/api/files/download-url", TestService.Json(
            $$"""{"domain": "blog", "level": "user", "user_id": "{{User}}", "filename": "dir-of-{{filePath}}"}"""));
        return new Stage(
            filePath,
            id,
            session.GetProperty("lock").GetProperty("fence").GetRawText(),
            session.GetProperty("etag").GetString()!,
            upload.GetProperty("upload_id").GetString()!,
            jobId,
            (await TestService.DataAsync(cached)).GetProperty("id").GetString()!,
            $"dir-of-{filePath}",
            fileUpload.GetProperty("upload_id").GetString()!,
            (await TestService.DataAsync(signed)).GetProperty("url").GetString()!);
    }
}
