namespace CacheFunctions.Client;

/// <summary>What came of a call; or, where it takes longer than its caller waits, the job as which it goes on.</summary>
public sealed class Outcome<T>
{
    private readonly JobsClient _jobs;
    private readonly Func<JobInfo, CancellationToken, Task<T>> _onEnd;

    internal Outcome(JobsClient jobs, T? value, string? jobId, Func<JobInfo, CancellationToken, Task<T>> onEnd) =>
        (_jobs, Value, JobId, _onEnd) = (jobs, value, jobId, onEnd);

    /// <summary>What came of it; of a job, what is known at its beginning, which may be nothing.</summary>
    public T? Value { get; }

    /// <summary>The job that goes on; null: it is done.</summary>
    public string? JobId { get; }

    public bool IsDone => JobId is null;

    /// <summary>Waits for the job, if there is one. Ceasing to wait does not end it.</summary>
    /// <param name="progress">Told what each look at the job found.</param>
    /// <exception cref="CacheApiException">The job failed.</exception>
    public async Task<T> WaitAsync(IProgress<JobInfo>? progress = null, CancellationToken cancellation = default) =>
        JobId is null ? Value! : await _onEnd(await _jobs.WaitAsync(JobId, progress, cancellation), cancellation);
}
