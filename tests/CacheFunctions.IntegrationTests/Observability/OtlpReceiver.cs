using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.IntegrationTests.Observability;

/// <param name="Kind">2: of the server; 3: of a client; 1: internal.</param>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentId, string Name, int Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> LinkedTraces);

/// <param name="Value">Of a histogram: how many were measured.</param>
internal sealed record ReceivedPoint(string Scope, string Metric, string Unit, double Value, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Stands for an OpenTelemetry collector: OTLP over HTTP, as Protocol Buffers. Field numbers are those of opentelemetry-proto 1.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Of the resource that sent the last spans.</summary>
    public IReadOnlyDictionary<string, string> Resource => _traces.Select(body => Attributes(new ProtoMessage(body).All(1).First().One(1)!, 1)).Last();

    public IEnumerable<ReceivedSpan> Spans =>
        from body in _traces
        from resource in new ProtoMessage(body).All(1)
        from scope in resource.All(2)
        from span in scope.All(2)
        select new ReceivedSpan(
            span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)(span.Number(6) ?? 0), Attributes(span, 9), [.. span.All(13).Select(link => link.Hex(1))]);

    /// <summary>As told last.</summary>
    public IEnumerable<ReceivedPoint> Points =>
        from resource in new ProtoMessage(_metrics.Last()).All(1)
        from scope in resource.All(2)
        from metric in scope.All(2)
        from data in metric.All(5).Concat(metric.All(7)).Concat(metric.All(9))
        from point in data.All(1)
        let isHistogram = metric.Has(9)
        select new ReceivedPoint(scope.One(1)!.Text(1), metric.Text(1), metric.Text(3), Value(point, isHistogram), Attributes(point, isHistogram ? 9 : 7));

    /// <summary>Whether any of what was sent holds a text.</summary>
    public bool Holds(string text) => _bodies.Any(body => body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        _bodies.Enqueue(body.ToArray());
        (context.Request.Path == "/v1/traces" ? _traces : _metrics).Enqueue(body.ToArray());
    }

    private static double Value(ProtoMessage point, bool isHistogram) =>
        isHistogram ? point.Number(4) ?? 0
        : point.Number(4) is { } real ? BitConverter.UInt64BitsToDouble(real)
        : (long)(point.Number(6) ?? 0);

    private static Dictionary<string, string> Attributes(ProtoMessage of, int field) => of.All(field).ToDictionary(each => each.Text(1), each =>
    {
        var value = each.One(2)!;
        return value.Has(3) ? ((long)value.Number(3)!).ToString(CultureInfo.InvariantCulture) : value.Text(1);
    });
}
