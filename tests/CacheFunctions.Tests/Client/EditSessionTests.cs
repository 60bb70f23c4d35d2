using System.Net;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

public sealed class EditSessionTests : IDisposable
{
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(300);
    private static readonly NewSession Locked = new() { UserId = "1", FilePath = "a", Lock = true };

    private readonly ManualTime _time = new();
    private readonly FakeService _service;

    private Func<HttpResponseMessage> _renewal = () => FakeService.Data("""{"session_id": "s1", "fence": 4, "expires_at": "2026-01-01T00:15:00Z"}""");
    private Func<HttpResponseMessage> _end = () => FakeService.Data("""{"session_id": "s1", "state": "closed"}""");

    public EditSessionTests() => _service = new FakeService(request => (request.Method.Method, request.Address.AbsolutePath) switch
    {
        ("POST", "/api/sessions") => FakeService.Data(
            request.Body!.Contains("\"lock\":true", StringComparison.Ordinal)
                ? """{"session_id": "s1", "state": "active", "lock": {"fence": 4, "expires_at": "2026-01-01T00:15:00Z"}}"""
                : """{"session_id": "s1", "state": "active", "lock": null}""",
            HttpStatusCode.Created),
        ("PUT", "/api/sessions/s1/lock") => _renewal(),
        ("DELETE", "/api/sessions/s1") => _end(),
        ("POST", "/api/sessions/s1/sync") => FakeService.Data("""{"session": {"session_id": "s1", "dirty": false}, "written": true}"""),
        _ => FakeService.Data("""{"session_id": "s1", "version": 2}"""),
    });

    private int Renewals => _service.Sent.Count(request => request.Address.AbsolutePath.EndsWith("/lock", StringComparison.Ordinal));

    [Fact]
    public async Task A_lock_is_renewed_each_third_of_its_life_under_its_fence_until_the_session_ends()
    {
        var session = await OpenAsync();
        for (var round = 1; round <= 3; round++)
        {
            await _time.ArmedForAsync(_time.GetUtcNow() + Third);
            Assert.Equal(round - 1, Renewals);
            _time.Advance(Third);
            await _time.UntilAsync(() => Task.FromResult(Renewals == round));
        }

        Assert.Equal("4", _service.Sent[^1].Header("X-Fence"));
        await session.DisposeAsync();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Renewals);
        Assert.False(session.LockLost.IsCancellationRequested);
    }

    [Theory]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    [InlineData(HttpStatusCode.Locked)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task A_lock_that_is_refused_is_told_as_lost_and_not_asked_for_again(HttpStatusCode status)
    {
        _renewal = () => FakeService.Error(status, "gone");
        await using var session = await OpenAsync();
        await _time.ArmedForAsync(_time.GetUtcNow() + Third);
        _time.Advance(Third);
        await _time.UntilAsync(() => Task.FromResult(session.LockLost.IsCancellationRequested), Third);
        Assert.Equal(1, Renewals);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_costs_the_lock_only_when_its_life_is_over()
    {
        var renewal = _renewal;
        _renewal = () => throw new HttpRequestException("The connection broke.");
        await using var session = await OpenAsync();
        var opened = _time.GetUtcNow();
        for (var at = 300; at <= 570; at += 45) await ReachAsync(at);
        Assert.False(session.LockLost.IsCancellationRequested);

        // It answers again in time, and then no more.
        _renewal = renewal;
        await ReachAsync(615);
        await _time.UntilAsync(() => Task.FromResult(Renewals == 8));
        await _time.ArmedForAsync(opened.AddSeconds(915));
        _renewal = () => throw new HttpRequestException("The connection broke.");
        for (var at = 915; at <= 1500; at += 45) await ReachAsync(at);
        Assert.False(session.LockLost.IsCancellationRequested);
        await ReachAsync(615 + 900);
        await _time.UntilAsync(() => Task.FromResult(session.LockLost.IsCancellationRequested));

        async Task ReachAsync(int seconds)
        {
            await _time.ArmedForAsync(opened.AddSeconds(seconds));
            _time.AdvanceTo(opened.AddSeconds(seconds));
        }
    }

    [Fact]
    public async Task Every_write_shows_the_fence_and_disposing_ends_the_session_once()
    {
        await using (var session = await OpenAsync())
        {
            await session.SaveAsync(new MemoryStream([1]));
            await session.PatchAsync(1, new MemoryStream([2, 3]), totalBytes: 3);
            await session.RestoreAsync(1);
            await session.SyncAsync();
            await session.EndAsync();
        }

        var writes = _service.Sent.Skip(1).ToList();
        Assert.Equal(["PUT", "PATCH", "POST", "POST", "DELETE"], writes.Select(request => request.Method.Method));
        Assert.All(writes, request => Assert.Equal("4", request.Header("X-Fence")));
        Assert.Equal("bytes 1-2/3", writes[1].Header("Content-Range"));
    }

    [Fact]
    public async Task Disposing_when_the_work_cannot_be_written_back_leaves_it_on_the_service_and_ending_tells_why()
    {
        _end = () => FakeService.Error(HttpStatusCode.Conflict, "conflict");
        var session = await OpenAsync(Locked with { Lock = false });
        Assert.Null(session.Fence);
        Assert.Equal("conflict", (await Assert.ThrowsAsync<CacheApiException>(() => session.EndAsync())).Code);
        await session.DisposeAsync();
        Assert.All(_service.Sent.Skip(1), request => Assert.Equal(("DELETE", ""), (request.Method.Method, request.Address.Query)));
    }

    [Fact]
    public async Task A_session_whose_end_was_carried_out_but_not_answered_has_ended()
    {
        var ends = new Queue<Func<HttpResponseMessage>>([() => throw new HttpRequestException("The connection broke."), () => FakeService.Error(HttpStatusCode.NotFound, "not_found")]);
        _end = () => ends.Dequeue()();
        var session = await _service.ToClient(_time).Sessions.OpenAsync(Locked);
        var ending = session.EndAsync();
        await _time.UntilAsync(() => Task.FromResult(ending.IsCompleted), TimeSpan.FromMilliseconds(200));
        await ending;
        await session.DisposeAsync();
        Assert.Equal(SessionState.Closed, session.Info.State);
        Assert.Empty(ends);
        Assert.False(session.LockLost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_session_whose_preparation_fails_is_ended_and_not_forgotten()
    {
        var service = new FakeService(request =>
        {
            if (request.Method == HttpMethod.Delete) return _end();
            if (request.Method == HttpMethod.Get) return FakeService.Data("""{"job_id": "j", "state": "failed", "error": {"code": "unavailable", "message": "The origin is gone."}}""");
            var answer = FakeService.Data("""{"session_id": "s1", "state": "preparing", "job_id": "j"}""", HttpStatusCode.Accepted);
            answer.Headers.Location = new Uri("/api/jobs/j", UriKind.Relative);
            return answer;
        });
        await Assert.ThrowsAsync<CacheApiException>(() => service.ToClient(_time).Sessions.OpenAsync(Locked));
        Assert.Equal(["POST", "GET", "DELETE"], service.Sent.Select(request => request.Method.Method));
    }

    public void Dispose() => _service.Dispose();

    // One try each: what is repeated is the renewal itself.
    private Task<EditSession> OpenAsync(NewSession? wanted = null) =>
        _service.ToClient(_time, new CacheClientOptions { MaxTries = 1 }).Sessions.OpenAsync(wanted ?? Locked);
}
