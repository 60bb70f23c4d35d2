using System.Text.Json;

namespace CacheFunctions.Jobs;

/// <summary>
/// Work that is usually quick: done within its request while it is small, and by a job when it is large or takes longer than the caller
/// waits. It must be safe to repeat, and quick where it was done before.
/// </summary>
/// <typeparam name="TOrder">All that the work must know; becomes JSON in the job's row.</typeparam>
/// <typeparam name="TResult">What a caller who waits is given.</typeparam>
internal sealed class PatientWork<TOrder, TResult> where TOrder : class where TResult : class
{
    private readonly JobRunner _jobs;
    private readonly string _kind;
    private readonly long _largeBytes;
    private readonly Func<TOrder, IProgress<long>?, CancellationToken, Task<TResult>> _work;

    /// <param name="largeBytes">What has more is a job's from the beginning.</param>
    /// <param name="work">Told where to report how many bytes are done; null: nobody wants to know.</param>
    public PatientWork(JobRunner jobs, string kind, long largeBytes, Func<TOrder, IProgress<long>?, CancellationToken, Task<TResult>> work)
    {
        (_jobs, _kind, _largeBytes, _work) = (jobs, kind, largeBytes, work);
        jobs.Register(kind, (run, cancellation) =>
            work(JsonSerializer.Deserialize<TOrder>(run.Job.Arguments, JsonSerializerOptions.Web)!, run, cancellation));
    }

    /// <summary>Goes on although its caller goes away.</summary>
    /// <param name="subject">What is worked on: one job at a time is.</param>
    /// <param name="userId">As of <see cref="Job.UserId"/>.</param>
    /// <exception cref="Errors.CacheException">Whatever the work failed with while the caller waited.</exception>
    public async Task<PatientResult<TResult>> DoAsync(TOrder order, string subject, string filePath, string? userId, long sizeBytes)
    {
        var patience = _jobs.NewPatience();
        if (sizeBytes <= _largeBytes && await patience.TryAsync(token => _work(order, null, token), CancellationToken.None) is { } done)
            return new PatientResult<TResult>(done, null);
        var arguments = JsonSerializer.Serialize(order, JsonSerializerOptions.Web);
        var (job, isOwn) = await _jobs.ClaimAsync($"{_kind}-{subject}", _kind, subject, filePath, userId, arguments, sizeBytes);
        if (isOwn) return await _jobs.StartAsync<TResult>(job, patience) is { } result ? new(result, null) : new(null, job.Id);
        job = await _jobs.WaitAsync(job.Id, patience, CancellationToken.None);
        return job.State == JobState.Running
            ? new PatientResult<TResult>(null, job.Id)
            : new PatientResult<TResult>(await _work(order, null, CancellationToken.None), null);
    }
}

/// <param name="Result">null: it goes on.</param>
/// <param name="JobId">The job that goes on with it; null: it is done.</param>
public sealed record PatientResult<T>(T? Result, string? JobId) where T : class;
