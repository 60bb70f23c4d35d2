using System.Net;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

public sealed class JobTests : IDisposable
{
    private const string Started = """{"job_id": "j1", "file_id": "f1"}""";

    private readonly ManualTime _time = new();
    private readonly Queue<HttpResponseMessage> _looks = new();
    private readonly FakeService _service;
    private readonly CacheClient _client;

    public JobTests()
    {
        _service = new FakeService(request =>
        {
            if (request.Address.AbsolutePath == "/api/jobs/j1") return _looks.Dequeue();
            if (request.Method == HttpMethod.Get) return FakeService.Data("""{"id": "f1", "file_path": "a"}""");
            var answer = FakeService.Data(Started, HttpStatusCode.Accepted);
            answer.Headers.Location = new Uri("/api/jobs/j1", UriKind.Relative);
            return answer;
        });
        _client = _service.ToClient(_time);
    }

    [Fact]
    public async Task A_call_that_goes_on_as_a_job_is_waited_for_and_then_tells_what_it_would_have_answered()
    {
        foreach (var state in new[] { "running", "running", "succeeded" }) Look(state);
        var adding = await _client.CachedFiles.AddAsync(new NewCachedFile { FilePath = "a" });
        Assert.Equal(("j1", false, null), (adding.JobId, adding.IsDone, adding.Value));
        var told = new List<long>();

        var waiting = adding.WaitAsync(new Told(told));
        await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromMilliseconds(250));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromMilliseconds(500));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("f1", (await waiting).Id);
        Assert.Equal([5, 5, 5], told);
    }

    [Fact]
    public async Task It_looks_when_the_service_says()
    {
        Look("running", retryAfter: 9);
        Look("succeeded", """{"succeeded": 1, "failed": 0, "results": []}""");
        var waiting = (await _client.CachedFiles.ChangeAsync(new CachedFileBatch { Pin = ["f1"] })).WaitAsync();
        await _time.ArmedForAsync(_time.GetUtcNow() + TimeSpan.FromSeconds(9));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, (await waiting).Succeeded);
    }

    [Fact]
    public async Task A_job_that_fails_is_an_error_with_its_code()
    {
        _looks.Enqueue(FakeService.Data("""{"job_id": "j1", "state": "failed", "error": {"code": "quota_exceeded", "message": "It does not fit."}}"""));
        var adding = await _client.CachedFiles.AddAsync(new NewCachedFile { FilePath = "a" });
        var error = await Assert.ThrowsAsync<CacheApiException>(() => adding.WaitAsync());
        Assert.Equal((null, "quota_exceeded", "It does not fit."), (error.Status, error.Code, error.Message));
    }

    public void Dispose() => _service.Dispose();

    private void Look(string state, string result = "null", int? retryAfter = null)
    {
        var look = FakeService.Data($$"""{"job_id": "j1", "state": "{{state}}", "bytes_done": 5, "result": {{result}}}""");
        if (retryAfter is { } seconds) look.Headers.Add("Retry-After", $"{seconds}");
        _looks.Enqueue(look);
    }

    private sealed class Told(List<long> told) : IProgress<JobInfo>
    {
        public void Report(JobInfo value) => told.Add(value.BytesDone);
    }
}
