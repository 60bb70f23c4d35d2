using System.Net;
using System.Text;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

public sealed class EventTests : IDisposable
{
    private const string Added = """
        {"type":"cache_file_added","data":{"file_path":"a","action":"added","user_id":"7","reason":"watchlist","operation":"file_cached","file_id":"f1","file_info":{"id":"f1","status":"active","users":["7"]}},"timestamp":"2026-01-01T00:00:01Z"}
        """;

    private const string Statistics = """{"type":"cache_statistics_updated","data":{"total_files":1,"total_size_bytes":10,"total_size_readable":"10.0 B","active_files":1,"orphaned_files":0},"timestamp":"2026-01-01T00:00:02Z"}""";

    private readonly ManualTime _time = new();
    private readonly Queue<Func<HttpResponseMessage>> _streams = new();
    private readonly FakeService _service;

    public EventTests() => _service = new FakeService(_ => _streams.Dequeue()());

    private CacheClient Client => _service.ToClient(_time, new CacheClientOptions { Key = "secret" });

    [Fact]
    public async Task Events_are_told_typed_and_a_stream_that_ends_goes_on_after_the_last_one()
    {
        Streams(
            $"retry: 3000\nid: c0\n\nid: c1\nevent: cache_file_added\ndata: {Added.Trim()}\n\n",
            $"retry: 3000\nid: c1\n\n: nothing new\nid: c2\n\n",
            $"id: c3\nevent: cache_statistics_updated\ndata: {Statistics}\n\n");
        var reading = TakeAsync(2, new EventQuery { Types = [CacheEventType.CacheFileAdded, CacheEventType.CacheStatisticsUpdated], UserId = "7", After = "c-1" });

        for (var i = 0; i < 2; i++)
        {
            await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromSeconds(3));
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        var events = await reading;
        Assert.Equal((CacheEventType.CacheFileAdded, "c1", "f1", CachedFileStatus.Active), (events[0].Type, events[0].Cursor, events[0].File!.FileId, events[0].File!.FileInfo!.Status));
        Assert.Equal((10, "c3", null), (events[1].Statistics!.TotalSizeBytes, events[1].Cursor, events[1].File));
        // A heartbeat moves the place, too.
        Assert.Equal(["c-1", "c1", "c2"], _service.Sent.Select(request => request.Header("Last-Event-ID")));
        Assert.All(_service.Sent, request => Assert.Equal("?type=cache_file_added%2Ccache_statistics_updated&user_id=7", request.Address.Query));
        Assert.All(_service.Sent, request => Assert.Equal("secret", request.Header("x-functions-key")));
    }

    [Fact]
    public async Task A_reader_that_was_cut_goes_on_at_once_and_nothing_is_told_twice()
    {
        Streams(
            $"id: c1\nevent: cache_file_added\ndata: {Added.Trim()}\n\nid: c1\nevent: stream_cut\ndata: {{\"type\":\"stream_cut\",\"data\":{{\"cursor\":\"c1\"}}}}\n\n",
            $"id: c2\nevent: cache_statistics_updated\ndata: {Statistics}\n\n");
        Assert.Equal(["c1", "c2"], (await TakeAsync(2)).Select(each => each.Cursor));
        Assert.Equal([null, "c1"], _service.Sent.Select(request => request.Header("Last-Event-ID")));
    }

    [Fact]
    public async Task A_service_that_is_away_is_waited_for_and_one_that_refuses_is_not()
    {
        _streams.Enqueue(() => throw new HttpRequestException("Connection refused."));
        _streams.Enqueue(() => FakeService.Error(HttpStatusCode.ServiceUnavailable, "unavailable", retryAfter: 11));
        _streams.Enqueue(() => FakeService.Error(HttpStatusCode.Forbidden, "forbidden"));
        var reading = TakeAsync(1);
        await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromSeconds(11));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<CacheApiException>(() => reading)).Code);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_opened_again_and_who_cancels_is_let_go()
    {
        _streams.Enqueue(() => Stream(new SilentStream()));
        _streams.Enqueue(() => Stream(new MemoryStream(Encoding.UTF8.GetBytes($"id: c1\nevent: cache_file_added\ndata: {Added.Trim()}\n\n"))));
        var reading = TakeAsync(1);
        await _time.ArmedForAsync(_time.GetUtcNow() + EventsClient.Silence);
        _time.Advance(EventsClient.Silence);
        await _time.UntilAsync(() => Task.FromResult(reading.IsCompleted), TimeSpan.FromSeconds(1));
        Assert.Equal("c1", Assert.Single(await reading).Cursor);

        _streams.Enqueue(() => Stream(new SilentStream()));
        using var cancel = new CancellationTokenSource();
        var waiting = TakeAsync(1, null, cancel.Token);
        await _time.ArmedForAsync(_time.GetUtcNow() + EventsClient.Silence);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    public void Dispose() => _service.Dispose();

    private static HttpResponseMessage Stream(Stream stream) => new() { Content = new StreamContent(stream) };

    private void Streams(params string[] texts)
    {
        foreach (var text in texts) _streams.Enqueue(() => Stream(new MemoryStream(Encoding.UTF8.GetBytes(text))));
    }

    private async Task<List<CacheEvent>> TakeAsync(int count, EventQuery? query = null, CancellationToken cancellation = default)
    {
        var events = new List<CacheEvent>();
        await foreach (var each in Client.Events.ReadAsync(query, cancellation))
        {
            events.Add(each);
            if (events.Count == count) break;
        }

        return events;
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
