using System.Net;
using System.Text;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

/// <summary>Answers a client as a test says, and remembers what it was asked.</summary>
internal sealed class FakeService(Func<Sent, HttpResponseMessage> answer) : HttpMessageHandler
{
    public const string Now = "2026-01-01T00:00:00Z";

    private readonly Lock _lock = new();
    private readonly List<Sent> _sent = [];

    public IReadOnlyList<Sent> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    public CacheClient ToClient(TimeProvider? time = null, CacheClientOptions? options = null) => new(
        new HttpClient(this) { BaseAddress = new Uri("http://service/") }, (options ?? new()) with { Time = time ?? TimeProvider.System });

    public static HttpResponseMessage Data(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        Json(status, $$"""{"success": true, "data": {{json}}, "timestamp": "{{Now}}"}""");

    public static HttpResponseMessage Error(HttpStatusCode status, string code, string details = "{}", int? retryAfter = null)
    {
        var response = Json(status, $$"""{"success": false, "error": "It is {{code}}.", "code": "{{code}}", "timestamp": "{{Now}}", "details": {{details}}}""");
        if (retryAfter is { } seconds) response.Headers.Add("Retry-After", $"{seconds}");
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = await Client.Sent.OfAsync(request, cancellationToken);
        lock (_lock) _sent.Add(sent);
        return answer(sent);
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json"), Headers = { { "x-request-id", "r1" } } };
}

/// <summary>A request as it was sent.</summary>
internal sealed record Sent(HttpMethod Method, Uri Address, IReadOnlyDictionary<string, string> Headers, string? Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<Sent> OfAsync(HttpRequestMessage request, CancellationToken cancellation) => new(
        request.Method,
        request.RequestUri!,
        request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellation));
}
