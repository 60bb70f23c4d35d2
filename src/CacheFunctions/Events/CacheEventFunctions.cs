using CacheFunctions.Errors;
using CacheFunctions.Events.Live;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace CacheFunctions.Events;

/// <summary>Live events of cached files: Server-Sent Events, or a WebSocket where the host can upgrade.</summary>
public sealed class CacheEventFunctions(Api api, LiveEvents events, IHostApplicationLifetime lifetime, TimeProvider time)
{
    [Function(nameof(StreamCacheEvents))]
    [Answers("What happens to cached files, as it happens: Server-Sent Events", Content = "text/event-stream")]
    [Accepts(Query = ["type", "user_id", "after"], Headers = ["Last-Event-ID"])]
    public IResult StreamCacheEvents(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/events")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var sockets = request.HttpContext.WebSockets;
            if (!sockets.IsWebSocketRequest && request.Headers.Upgrade.Count > 0)
                throw CacheException.Invalid("Upgrade", "is not possible under this host. Leave it out, and read Server-Sent Events (text/event-stream) at the same address.");
            var types = call.Query.Text("type") is { } text ? text.Split(',').Select(type => Choices.Parse<EventType>("type", type.Trim())).ToHashSet() : null;
            var user = call.Query.Text("user_id") is { } id ? Fields.UserId(id) : null;
            // What a browser has read last is newer than the address with which it began.
            var (after, field) = call.Headers.LastEventId is { } last ? (last, "Last-Event-ID") : (call.Query.Text("after"), "after");
            var stream = await events.OpenAsync(call.Caller, types, user, after, field, call.Cancelled);
            var validity = new Validity(call.ValidUntil, time);
            return sockets.IsWebSocketRequest
                ? new EventSocket(stream, validity, lifetime.ApplicationStopping)
                : new EventStream(stream, validity, time, lifetime.ApplicationStopping);
        });
}
