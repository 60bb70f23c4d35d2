using System.Security.Cryptography;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;
using Xunit.Abstractions;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Uploads;

/// <summary>The client that most use, tus-js-client of npm, breaks off at random and goes on, and what it sent is there byte for byte.</summary>
public sealed class TusJsClientTests(ITestOutputHelper output)
{
    private const string Folder = "tests/CacheFunctions.IntegrationTests/Uploads/TusJsClient";

    private static readonly int Seed = Environment.TickCount | 1;

    [SkippableFact]
    public async Task A_file_arrives_byte_exact()
    {
        var node = RequireClient();
        await using var service = await StartAsync();
        var bytes = await UploadAsync(node, service, new { domain = "blog", level = "app", filename = "posts/filme/ä.mp4", filetype = "video/mp4" }, new { });
        using var file = await service.Http.GetAsync("/api/files/blog/app/posts/filme/%C3%A4.mp4?use_cache=false");
        Assert.Equal("video/mp4", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync());
    }

    [SkippableFact]
    public async Task A_version_of_a_locked_session_arrives_byte_exact()
    {
        var node = RequireClient();
        await using var service = await StartAsync();
        service.Put("film.mp4", "old");
        var session = await service.OpenAsync("film.mp4");
        var fence = (await DataAsync(await service.Http.PostAsync($"/api/sessions/{session}/lock", null))).GetProperty("fence").GetRawText();
        var headers = new Dictionary<string, string> { ["X-Fence"] = fence };
        var bytes = await UploadAsync(node, service, new { session_id = session, filename = "film.mp4" }, headers);
        Assert.Equal(bytes, await service.Http.GetByteArrayAsync($"/api/sessions/{session}/content"));
        var info = await DataAsync(await service.Http.GetAsync($"/api/sessions/{session}"));
        Assert.Equal((2, true), (info.GetProperty("version").GetInt32(), info.GetProperty("dirty").GetBoolean()));
    }

    /// <returns>What was sent.</returns>
    private async Task<byte[]> UploadAsync(string node, TestService service, object metadata, object headers)
    {
        output.WriteLine($"Seed {Seed}");
        var bytes = new byte[20_000_003];
        RandomNumberGenerator.Fill(bytes);
        using var folder = new TempDirectory();
        await File.WriteAllBytesAsync(folder.Combine("sent"), bytes);
        var order = JsonSerializer.Serialize(new
        {
            endpoint = new Uri(service.Http.BaseAddress!, "/api/uploads"),
            file = folder.Combine("sent"),
            seed = Seed,
            metadata,
            headers,
        });
        var said = JsonDocument.Parse(await Tool.RunAsync(node, [Repository.Combine(Folder, "upload.cjs"), order])).RootElement;
        var aborts = said.GetProperty("aborts").GetInt32();
        output.WriteLine($"Broken off {aborts} times");
        Assert.InRange(aborts, 1, 12);
        return bytes;
    }

    private static string RequireClient()
    {
        var node = Tool.Find("node");
        Skip.If(node is null, "Node.js is not installed.");
        var isThere = Directory.Exists(Repository.Combine(Folder, "node_modules", "tus-js-client"));
        Skip.IfNot(isThere, $"tus-js-client is not installed: run npm ci in {Folder}, as .ci/run does.");
        return node;
    }
}
