using System.Buffers;
using System.Text;
using CacheFunctions.Events.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace CacheFunctions.Events;

/// <summary>
/// Server-Sent Events. Each carries its cursor as its id, and so does each heartbeat: a browser goes on by itself where it was.
/// </summary>
internal sealed class EventStream(LiveStream stream, Validity validity, TimeProvider time, CancellationToken stopping) : IResult
{
    /// <summary>Well below the four minutes after which the Functions host takes a silent answer for dead.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How long one who was cut has to take what is being sent.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private const int BytesAtOnce = 64 << 10;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = stream;
        using var __ = validity;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, validity.Over);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var cut = stream.Cut.Register(() => late.CancelAfter(Grace));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, late.Token);
        Describe(httpContext);
        try
        {
            await SendAsync(httpContext.Response, $"retry: 2000\nid: {stream.Cursor}\n\n", gone.Token);
            await foreach (var item in stream.ReadAsync(Heartbeat, ended.Token))
            {
                if (item.Message is { } message) Write(httpContext.Response, message);
                else await SendAsync(httpContext.Response, item.IsCut ? CutShort(item.Cursor) : $": nothing new\nid: {item.Cursor}\n\n", gone.Token);
                // What waits is sent together.
                if (!stream.HasMore || httpContext.Response.BodyWriter.UnflushedBytes > BytesAtOnce) await httpContext.Response.BodyWriter.FlushAsync(gone.Token);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The reader has gone, or is to come again: to another instance, or when it can.
            if (late.IsCancellationRequested) httpContext.Abort();
        }
    }

    private static void Describe(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // The server would hang up on a slow reader without a word; here it is told where to go on.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        // For nginx, which would keep events back.
        headers["X-Accel-Buffering"] = "no";
    }

    private static string CutShort(string cursor) =>
        $"id: {cursor}\nevent: stream_cut\ndata: {{\"type\":\"stream_cut\",\"data\":{{\"reason\":\"The reader is too slow.\",\"cursor\":\"{cursor}\"}}}}\n\n";

    private static void Write(HttpResponse response, LiveMessage message)
    {
        var writer = response.BodyWriter;
        Encoding.ASCII.GetBytes($"id: {message.Cursor}\nevent: {message.Type}\ndata: ", writer);
        // JSON of one line.
        writer.Write(message.Json.Span);
        writer.Write("\n\n"u8);
    }

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellation)
    {
        Encoding.ASCII.GetBytes(text, response.BodyWriter);
        await response.BodyWriter.FlushAsync(cancellation);
    }
}
