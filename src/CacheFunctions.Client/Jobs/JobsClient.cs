using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>Jobs over HTTP. Most come as an <see cref="Outcome{T}"/>, which waits by itself.</summary>
public sealed class JobsClient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Transport _http;

    internal JobsClient(Transport http) => _http = http;

    public Task<JobInfo> GetAsync(string jobId, CancellationToken cancellation = default) => _http.GetAsync<JobInfo>(AddressOf(jobId), cancellation);

    /// <summary>
    /// Waits until it has ended: looks after a quarter of a second, then more seldom, up to every 5 seconds, or as the service says by Retry-After.
    /// </summary>
    /// <param name="progress">Told what each look found.</param>
    /// <exception cref="CacheApiException">It failed: without a status, with the job's code and message.</exception>
    public async Task<JobInfo> WaitAsync(string jobId, IProgress<JobInfo>? progress = null, CancellationToken cancellation = default)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (job, asked) = await LookAsync(jobId, cancellation);
            progress?.Report(job);
            if (job.State == JobState.Succeeded) return job;
            if (job.State == JobState.Failed)
                throw new CacheApiException(job.Error?.Message ?? $"The job {jobId} failed.") { Code = job.Error?.Code };
            await Task.Delay(asked ?? pause, _http.Time, cancellation);
        }
    }

    /// <param name="onEnd">Makes of the ended job what the call would have answered.</param>
    internal Outcome<T> Outcome<T>(T? value, string? jobId, Func<JobInfo, CancellationToken, Task<T>> onEnd) => new(this, value, jobId, onEnd);

    /// <summary>For calls whose job's result is what they would have answered, and whose 202 tells only of the job.</summary>
    internal async Task<Outcome<T>> OutcomeAsync<T>(Call call, Func<JobInfo, CancellationToken, Task<T>>? onEnd, CancellationToken cancellation)
    {
        var answer = await _http.AnswerAsync<JsonElement>(call, cancellation);
        return Outcome(
            answer.JobId is null ? answer.Data.Deserialize<T>(ClientJson.Options) : default,
            answer.JobId,
            onEnd ?? ((job, _) => Task.FromResult(job.Result!.Value.Deserialize<T>(ClientJson.Options)!)));
    }

    private static string AddressOf(string jobId) => $"api/jobs/{Address.Step(jobId)}";

    private async Task<(JobInfo Job, TimeSpan? RetryAfter)> LookAsync(string jobId, CancellationToken cancellation)
    {
        using var response = await _http.SendAsync(new Call(HttpMethod.Get, AddressOf(jobId)), cancellation);
        var envelope = await JsonSerializer.DeserializeAsync<Envelope<JobInfo>>(await response.Content.ReadAsStreamAsync(cancellation), ClientJson.Options, cancellation);
        return (envelope!.Data, Retries.RetryAfter(response, _http.Time));
    }
}
