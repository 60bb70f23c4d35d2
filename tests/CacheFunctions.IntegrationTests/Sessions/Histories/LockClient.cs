using System.Diagnostics;
using System.Net;
using System.Text.Json;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Sessions.Histories;

/// <summary>One client with one session: takes the lock, works under it, and lets it go or not; writes down what it saw.</summary>
/// <param name="services">The processes, of which each call takes one; they may be killed.</param>
internal sealed class LockClient(string name, string path, IReadOnlyList<ServiceProcess> services, LockRecord record, int seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Random _random = new(seed);
    private string _address = "";
    private int _number;
    private int _saved;
    private long _oldFence;

    public string Path => path;

    public async Task OpenAsync()
    {
        using var answer = await services[0].Http.PostAsync("/api/sessions", TestService.Json($$"""{"user_id": "{{name}}", "file_path": "{{path}}"}"""));
        _address = $"/api/sessions/{(await TestService.DataAsync(answer)).GetProperty("session_id").GetString()}";
    }

    public async Task WorkAsync()
    {
        while (!record.IsEnough)
        {
            if (_oldFence > 0 && _random.Next(2) == 0) await WriteAsync(_oldFence);
            if (await AcquireAsync(_random.Next(2) == 0 ? 5 : 60) is not { } fence)
            {
                if (_random.Next(6) == 0) await BreakAsync();
                else await record.FreedAsync(path, Patience);
                continue;
            }

            for (var left = _random.Next(1, 5); left > 0; left--) await (_random.Next(4) == 0 ? RenewAsync(fence) : WriteAsync(fence));
            // Some never let go: their lock expires or is broken, and they come back with the old fence.
            if (_random.Next(3) > 0) await ReleaseAsync(fence);
            _oldFence = fence;
        }
    }

    /// <returns>The fence; null: somebody else has it.</returns>
    public async Task<long?> AcquireAsync(int seconds)
    {
        var body = $$"""{"ttl_seconds": {{seconds}}}""";
        var call = await SendAsync(LockAct.Acquire, HttpMethod.Post, "/lock", 0, body, TimeSpan.FromSeconds(seconds));
        return call.IsGrant ? call.Fence : null;
    }

    public async Task BreakAsync()
    {
        if ((await SendAsync(LockAct.Break, HttpMethod.Delete, null, 0)).IsEnd) record.Freed(path);
    }

    private async Task WriteAsync(long fence)
    {
        var number = ++_number;
        var saved = await SendAsync(LockAct.Save, HttpMethod.Put, "/content", fence, $"{name} {number}", number: number);
        if (saved.IsWrite) _saved = number;
        if (_random.Next(2) == 0)
            await SendAsync(LockAct.Sync, HttpMethod.Post, "/sync", fence, """{"on_conflict": "overwrite"}""", number: _saved);
    }

    private Task<LockCall> RenewAsync(long fence) =>
        SendAsync(LockAct.Renew, HttpMethod.Put, "/lock", fence, """{"ttl_seconds": 5}""", TimeSpan.FromSeconds(5));

    private async Task ReleaseAsync(long fence)
    {
        if ((await SendAsync(LockAct.Release, HttpMethod.Delete, "/lock", fence)).IsEnd) record.Freed(path);
    }

    private async Task<LockCall> SendAsync(
        LockAct act, HttpMethod method, string? ofSession, long fence, string? body = null, TimeSpan lasts = default, int number = 0)
    {
        var address = ofSession is null ? $"/api/locks?file_path={path}" : _address + ofSession;
        using var request = new HttpRequestMessage(method, address);
        // One without a body would be sent again where the connection broke, and a call that was heard by who was killed then would end as
        // one that nobody listened to.
        request.Content = body is null ? new ByteArrayContent([]) : act == LockAct.Save ? new StringContent(body) : TestService.Json(body);
        if (fence > 0) request.Headers.Add("X-Fence", $"{fence}");
        record.Sending(act);
        var start = record.Now;
        var (answer, granted) = await AnswerAsync(request);
        if (act is LockAct.Acquire or LockAct.Renew or LockAct.Break && answer == LockAnswer.Done) fence = granted!.Value;
        return record.Add(new LockCall(act, path, name, start, record.Now, answer, fence, lasts, number));
    }

    private async Task<(LockAnswer Answer, long? Fence)> AnswerAsync(HttpRequestMessage request)
    {
        try
        {
            using var answer = await services[_random.Next(services.Count)].Http.SendAsync(request);
            var envelope = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            if (answer.StatusCode is HttpStatusCode.Locked or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return (LockAnswer.Refused, null);
            if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable) return (LockAnswer.Unknown, null);
            if (!answer.IsSuccessStatusCode) throw new UnreachableException(envelope.GetRawText());
            return (LockAnswer.Done, envelope.GetProperty("data").TryGetProperty("fence", out var fence) ? fence.GetInt64() : null);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // Nobody listens there at the moment: it was not even sent.
            return (LockAnswer.Refused, null);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException or ObjectDisposedException or OperationCanceledException)
        {
            return (LockAnswer.Unknown, null);
        }
    }
}
