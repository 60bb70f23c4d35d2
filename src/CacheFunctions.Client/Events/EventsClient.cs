using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace CacheFunctions.Client;

/// <summary>Live events over HTTP, as Server-Sent Events. The key goes in a header, never into an address.</summary>
public sealed class EventsClient
{
    /// <summary>How long nothing may come until a stream is taken for dead: three of the service's heartbeats.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Transport _http;

    internal EventsClient(Transport http) => _http = http;

    /// <summary>
    /// Events as they happen, each once, until it is cancelled. A stream that breaks, is cut or falls silent is opened again after the last
    /// event, on whatever instance answers, for as long as it takes.
    /// </summary>
    /// <exception cref="CacheApiException">The service refuses: 400, 401, 403 and the like, which waiting does not change.</exception>
    public async IAsyncEnumerable<CacheEvent> ReadAsync(EventQuery? query = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var cursor = query?.After;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            TimeSpan? asked = null;
            await using (var stream = await OpenAsync(query, cursor, wait => asked = wait, cancellation))
            {
                while (stream is not null && await stream.NextAsync(cancellation))
                {
                    pause = FirstPause;
                    cursor = stream.Cursor ?? cursor;
                    if (stream.Event is { } one) yield return one;
                }

                // A heartbeat moves it, too.
                cursor = stream?.Cursor ?? cursor;
                if (stream?.IsCut == true) continue;
                asked ??= stream?.ReconnectAfter;
            }

            await Task.Delay(asked ?? pause, _http.Time, cancellation);
        }
    }

    /// <returns>null: the service cannot be reached now, or asks to wait.</returns>
    private async Task<EventReader?> OpenAsync(EventQuery? query, string? cursor, Action<TimeSpan?> wait, CancellationToken cancellation)
    {
        var types = query?.Types is { Count: > 0 } list ? string.Join(',', list.Select(Words<CacheEventType>.Of)) : null;
        var call = new Call(HttpMethod.Get, "api/cached/events" + Address.Query(("type", types), ("user_id", query?.UserId)))
        {
            Headers = [("Accept", "text/event-stream"), ("Last-Event-ID", cursor)],
            // Tried again here, and without end.
            Retries = false,
        };
        try
        {
            return await EventReader.OpenAsync(await _http.SendAsync(call, cancellation), _http.Time, cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (CacheApiException error) when (error.Status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            wait(error.RetryAfter);
            return null;
        }
    }

    /// <summary>One stream, up to its end.</summary>
    private sealed class EventReader(HttpResponseMessage response, SseParser<string> parser, CancellationTokenSource silence) : IAsyncDisposable
    {
        private IAsyncEnumerator<SseItem<string>>? _items;

        /// <summary>After the last event or heartbeat.</summary>
        public string? Cursor => parser.LastEventId is { Length: > 0 } id ? id : null;

        public CacheEvent? Event { get; private set; }

        /// <summary>Its reader was too slow, and goes on at once.</summary>
        public bool IsCut { get; private set; }

        public TimeSpan? ReconnectAfter => parser.ReconnectionInterval > TimeSpan.Zero ? parser.ReconnectionInterval : null;

        public static async Task<EventReader> OpenAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
        {
            var silence = new CancellationTokenSource(Silence, time);
            var stream = new HeardStream(await response.Content.ReadAsStreamAsync(cancellation), () => silence.CancelAfter(Silence));
            return new EventReader(response, SseParser.Create(stream), silence);
        }

        /// <returns>false: the stream is at its end, whatever ended it.</returns>
        public async Task<bool> NextAsync(CancellationToken cancellation)
        {
            using var registration = cancellation.Register(silence.Cancel);
            Event = null;
            try
            {
                _items ??= parser.EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
                if (!await _items.MoveNextAsync()) return false;
            }
            catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                return false;
            }

            if (_items.Current.EventType == "stream_cut") IsCut = true;
            else Event = CacheEvent.Read(Cursor ?? "", _items.Current.Data);
            return !IsCut;
        }

        public async ValueTask DisposeAsync()
        {
            if (_items is not null) await _items.DisposeAsync();
            response.Dispose();
            silence.Dispose();
        }
    }
}
