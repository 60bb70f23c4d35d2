using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.IntegrationTests.Uploads;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>Which feature an endpoint belongs to: what a stage for it has.</summary>
internal enum Scene
{
    Sessions,
    CachedFiles,
    Directories,
    Files,
}

/// <summary>
/// What a valid request may name, as its scene has it: a file; a session on it that holds its lock, an upload to be
/// committed, and one to go on with; its cached copy; a registered directory with a file; files of the same name, and an
/// upload to be committed.
/// </summary>
internal sealed record Stage(Scene Scene, string FilePath, string JobId)
{
    public const string User = "1";
    public const string Content = "first";
    public const string Upload = "uploaded";

    public static string UploadSha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Upload)));

    public string SessionId { get; private init; } = "";

    public string Fence { get; private init; } = "";

    /// <summary>Of the content that session and cached file have.</summary>
    public static string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content)))}\"";

    public string UploadId { get; private init; } = "";

    public string FileId { get; private init; } = "";

    public string Directory => $"dir-of-{FilePath}";

    public string SignedUrl { get; private init; } = "";

    public string ResumableId { get; private init; } = "";

    public static string ContentSha256 { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Content)));

    /// <summary>A query parameter of the signed address of the stage's encrypted file.</summary>
    public string Signed(string name) => Regex.Match(SignedUrl, $"[?&]{name}=([^&]+)").Groups[1].Value;

    /// <param name="filePath">A file of its own, since the stage holds its lock.</param>
    public static Task<Stage> SetAsync(HttpClient http, HttpClient storage, Scene scene, string filePath, string jobId)
    {
        var stage = new Stage(scene, filePath, jobId);
        return scene switch
        {
            Scene.Sessions => stage.WithSessionAsync(http, storage),
            Scene.CachedFiles => stage.WithCachedFileAsync(http),
            Scene.Directories => stage.WithDirectoryAsync(http),
            _ => stage.WithFilesAsync(http, storage),
        };
    }

    private async Task<Stage> WithSessionAsync(HttpClient http, HttpClient storage)
    {
        using var created = await http.PostAsync(
            "/api/sessions", TestService.Json($$"""{"user_id": "{{User}}", "file_path": "{{FilePath}}", "lock": true}"""));
        var session = await TestService.DataAsync(created);
        var id = session.GetProperty("session_id").GetString()!;
        using var asked = await http.PostAsync($"/api/sessions/{id}/upload-url", null);
        var resumable = await TusClient.BeginAsync(http, 100, TusClient.Metadata(("session_id", id)));
        return this with
        {
            SessionId = id,
            ResumableId = resumable[(resumable.LastIndexOf('/') + 1)..],
            Fence = session.GetProperty("lock").GetProperty("fence").GetRawText(),
            UploadId = await UploadAsync(storage, asked),
        };
    }

    private async Task<Stage> WithCachedFileAsync(HttpClient http)
    {
        using var cached = await http.PostAsync("/api/cached/files", TestService.Json($$"""{"file_path": "{{FilePath}}"}"""));
        return this with { FileId = (await TestService.DataAsync(cached)).GetProperty("id").GetString()! };
    }

    private async Task<Stage> WithDirectoryAsync(HttpClient http)
    {
        using var stored = await http.PutAsync($"/cache/content/{Directory}/file.txt", new StringContent(Content));
        stored.EnsureSuccessStatusCode();
        using var registered = await http.PostAsync($"/cache/register/{Directory}", null);
        registered.EnsureSuccessStatusCode();
        return this;
    }

    private async Task<Stage> WithFilesAsync(HttpClient http, HttpClient storage)
    {
        foreach (var space in new[] { "app", $"user/{User}" })
        {
            using var file = await http.PutAsync($"/api/files/blog/{space}/{Directory}", new StringContent(Content));
            file.EnsureSuccessStatusCode();
        }

        using var staged = await http.PostAsync("/api/files/upload-url", TestService.Json(
            $$"""{"domain": "blog", "level": "app", "filename": "{{Directory}}", "staged": true}"""));
        using var signed = await http.PostAsync("/api/files/download-url", TestService.Json(
            $$"""{"domain": "blog", "level": "user", "user_id": "{{User}}", "filename": "{{Directory}}"}"""));
        return this with
        {
            UploadId = await UploadAsync(storage, staged),
            SignedUrl = (await TestService.DataAsync(signed)).GetProperty("url").GetString()!,
        };
    }

    /// <summary>Sends to the address that was given, and leaves the commit to be made.</summary>
    private static async Task<string> UploadAsync(HttpClient storage, HttpResponseMessage asked)
    {
        var upload = await TestService.DataAsync(asked);
        using var put = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("url").GetString());
        put.Content = new StringContent(Upload);
        foreach (var header in upload.GetProperty("headers").EnumerateObject()) put.Headers.Add(header.Name, header.Value.GetString());
        using var uploaded = await storage.SendAsync(put);
        uploaded.EnsureSuccessStatusCode();
        return upload.GetProperty("upload_id").GetString()!;
    }
}
