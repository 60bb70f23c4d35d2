using System.Net.WebSockets;
using System.Text;
using CacheFunctions.Events.Live;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Events;

/// <summary>The same messages over a WebSocket, each a text of its own, with its cursor as one more field <c>id</c>.</summary>
internal sealed class EventSocket(LiveStream stream, Validity validity, CancellationToken stopping) : IResult
{
    // How long a reader has to answer when the service ends it.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = stream;
        using var __ = validity;
        using var socket = await httpContext.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = EventStream.Heartbeat, KeepAliveTimeout = EventStream.Heartbeat });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, validity.Over);
        using var late = new CancellationTokenSource();
        using var cut = stream.Cut.Register(() => late.CancelAfter(EventStream.Grace));
        using var stop = stopping.Register(() => late.CancelAfter(Farewell));
        using var over = validity.Over.Register(() => late.CancelAfter(Farewell));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, late.Token);
        var hearing = HearAsync(socket, ended);
        try
        {
            await SendAllAsync(socket, ended.Token, gone.Token);
            var (status, reason) = stopping.IsCancellationRequested ? (WebSocketCloseStatus.EndpointUnavailable, "The service ends.")
                : stream.Cut.IsCancellationRequested ? (WebSocketCloseStatus.PolicyViolation, "The reader is too slow.")
                : validity.Over.IsCancellationRequested ? (WebSocketCloseStatus.PolicyViolation, "The token has expired. Come again with another.")
                : (WebSocketCloseStatus.NormalClosure, "");
            await socket.CloseOutputAsync(status, reason, gone.Token);
            // Its answer; to hang up before would take back what it has not read yet.
            await hearing.WaitAsync(gone.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The reader has gone.
        }
        finally
        {
            if (socket.State != WebSocketState.Closed) socket.Abort();
            await hearing;
        }
    }

    private async Task SendAllAsync(WebSocket socket, CancellationToken ended, CancellationToken gone)
    {
        try
        {
            await foreach (var item in stream.ReadAsync(EventStream.Heartbeat, ended))
            {
                var text = item.IsCut ? Encoding.ASCII.GetBytes($"{{\"type\":\"stream_cut\",\"data\":{{\"reason\":\"The reader is too slow.\",\"cursor\":\"{item.Cursor}\"}}}}")
                    : item.Message is { } message ? WithId(message) : null;
                // Heartbeats are the socket's own.
                if (text is not null) await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, gone);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            // It is closed in good order.
        }
    }

    private static byte[] WithId(LiveMessage message) => [.. message.Json.Span[..^1], .. Encoding.ASCII.GetBytes($",\"id\":\"{message.Cursor}\"}}")];

    /// <summary>Hears when the reader closes; whatever else it says is not listened to.</summary>
    private static async Task HearAsync(WebSocket socket, CancellationTokenSource ended)
    {
        var buffer = new byte[1_024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                // It has nothing to say here.
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException)
        {
            // It has gone.
        }

        await ended.CancelAsync();
    }
}
