using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace CacheFunctions.IntegrationTests.Events;

/// <summary>Reads Server-Sent Events as a browser does.</summary>
internal sealed class EventClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ended = new();
    private readonly HttpResponseMessage _answer;
    private readonly SseParser<string> _parser;
    private readonly Task _reading;

    private EventClient(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _parser = SseParser.Create(body);
        _reading = Task.Run(ReadAsync);
    }

    public ConcurrentQueue<SseItem<string>> Items { get; } = new();

    public IEnumerable<SseItem<string>> Files => Items.Where(item => item.EventType.StartsWith("cache_file", StringComparison.Ordinal));

    public IEnumerable<string> Paths => Files.Select(item => Data(item).GetProperty("file_path").GetString()!);

    /// <summary>With it the client goes on.</summary>
    public string LastEventId => _parser.LastEventId;

    public bool IsEnded => _reading.IsCompleted;

    /// <summary>Done when the service has ended the answer.</summary>
    public Task Ended => _reading.WaitAsync(Patience);

    public static async Task<EventClient> OpenAsync(HttpClient http, string query = "", string? lastEventId = null, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/cached/events" + query);
        if (token is not null) request.Headers.Add("Authorization", "Bearer " + token);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.IsSuccessStatusCode, await (answer.IsSuccessStatusCode ? Task.FromResult("") : answer.Content.ReadAsStringAsync()));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        return new EventClient(answer, await answer.Content.ReadAsStreamAsync());
    }

    public static JsonElement Data(SseItem<string> item) => JsonElement.Parse(item.Data).GetProperty("data");

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo()) await Task.Delay(10, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _answer.Dispose();
        await _reading;
        _ended.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _parser.EnumerateAsync(_ended.Token)) Items.Enqueue(item);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // Either side has ended it.
        }
    }
}
