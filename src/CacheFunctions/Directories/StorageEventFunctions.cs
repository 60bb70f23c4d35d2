using CacheFunctions.Directories.Downloads;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Directories;

/// <summary>
/// What storage tells of the directory cache's container: CloudEvents over HTTP, one or a batch of them (CloudEvents 1.0, HTTP
/// protocol binding, section 3), and the handshake by which Event Grid asks whether it may (HTTP 1.1 web hooks for event delivery, section 4).
/// </summary>
public sealed class StorageEventFunctions(Api api, DirectoriesService directories)
{
    private const string Route = "cache/events/storage";
    private const int MaxEvents = 5_000;

    [Function(nameof(TakeStorageEvents))]
    [Answers("Takes what storage tells of finished downloads", Ok = typeof(StorageEventsAnswer))]
    [Accepts(Body = typeof(StorageEventRequest))]
    public IResult TakeStorageEvents([HttpTrigger(AuthorizationLevel.Function, "post", Route = Route)] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var events = IsBatch(request) ? await BatchAsync(call) : [await call.ReadJsonAsync((StorageEventRequest body) => body.Checked())];
            var changes = events.Select(each => each.Change(call.Now)).OfType<StorageChange>().ToList();
            await directories.NoteStorageAsync(call.Caller, changes, call.Cancelled);
            return call.Ok(new StorageEventsAnswer(changes.Count, events.Count - changes.Count));
        });

    [Function(nameof(AllowStorageEvents))]
    [Answers("The handshake by which Event Grid asks whether it may send", Ok = typeof(HandshakeAnswer))]
    [Accepts(Headers = ["WebHook-Request-Origin", "WebHook-Request-Rate"])]
    public IResult AllowStorageEvents([HttpTrigger(AuthorizationLevel.Function, "options", Route = Route)] HttpRequest request) =>
        api.Run(request, call =>
        {
            var headers = request.HttpContext.Response.Headers;
            headers.Allow = "POST, OPTIONS";
            if (request.Headers["WebHook-Request-Origin"] is { Count: > 0 } origins)
            {
                // A DNS name, by the specification; nothing else is echoed.
                var origin = origins.ToString();
                if (Uri.CheckHostName(origin) == UriHostNameType.Unknown || !origin.All(char.IsAscii))
                    throw CacheException.Invalid("WebHook-Request-Origin", "must be a DNS name, as eventgrid.azure.net.");
                // Whoever has the key may send.
                headers["WebHook-Allowed-Origin"] = origin;
                headers["WebHook-Allowed-Rate"] = "*";
            }

            return ValueTask.FromResult(call.Ok(new HandshakeAnswer(true)));
        });

    private static bool IsBatch(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/cloudevents-batch+json", StringComparison.OrdinalIgnoreCase);

    private static async Task<IReadOnlyList<StorageEventRequest>> BatchAsync(ApiCall call)
    {
        var (events, _) = await JsonBody.ReadAsync<List<StorageEventRequest?>>(call.Request, call.Cancelled);
        if (events.Count > MaxEvents) throw new CacheException(ErrorCode.TooLarge, $"The batch has {events.Count} events; at most {MaxEvents} are taken at once.");
        return [.. events.Select((each, i) => each is null ? throw CacheException.Invalid($"events[{i}]", "is null.") : each.Checked($"events[{i}]"))];
    }
}

internal sealed record StorageEventsAnswer(int Accepted, int Ignored);

internal sealed record HandshakeAnswer(bool Allowed);
