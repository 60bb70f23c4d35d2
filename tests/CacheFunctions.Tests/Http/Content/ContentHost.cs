using System.Net.Http.Headers;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using CacheFunctions.Tests.Content;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Tests.Http.Content;

/// <summary>One content on Kestrel, on a port that the system chooses.</summary>
internal sealed class ContentHost : IAsyncDisposable
{
    public const string ETag = "\"v1\"";

    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    private ContentHost(WebApplication app, byte[] bytes)
    {
        _app = app;
        Bytes = bytes;
    }

    /// <summary>When the content was saved; HTTP knows only its whole second.</summary>
    public static DateTimeOffset SavedAt { get; } = new(2026, 1, 31, 9, 5, 30, 700, TimeSpan.Zero);

    public byte[] Bytes { get; }

    public static async Task<ContentHost> StartAsync(int length = 1000, string fileName = "report.txt", bool isImmutable = false, CacheException? failure = null)
    {
        var bytes = PatternStream.Bytes(length);
        var facts = new ContentFacts(
            ETag, SavedAt, length, fileName, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), isImmutable);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var result = new ContentResult(facts, (offset, count, _) =>
            failure is null ? OpenAsync(bytes, offset, count) : Task.FromException<Stream>(failure));
        app.Run(context => AnswerAsync(context, result));
        await app.StartAsync();
        var host = new ContentHost(app, bytes);
        host._client.BaseAddress = new Uri(app.Urls.First());
        return host;
    }

    /// <param name="headers">As name: value.</param>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, params string[] headers)
    {
        var request = new HttpRequestMessage(method, "/");
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            Assert.True(request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim()));
        }

        return _client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(params string[] headers) => SendAsync(HttpMethod.Get, headers);

    public async Task<HttpContentHeaders> DescribeAsync() => (await GetAsync()).Content.Headers;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, ContentResult result)
    {
        try
        {
            await result.ExecuteAsync(context);
        }
        catch (CacheException error)
        {
            await new ErrorResult(error, TimeProvider.System).ExecuteAsync(context);
        }
    }

    private static Task<Stream> OpenAsync(byte[] bytes, long offset, long? count) =>
        Task.FromResult<Stream>(new MemoryStream(bytes, (int)offset, (int)(count ?? bytes.Length - offset), writable: false));
}
