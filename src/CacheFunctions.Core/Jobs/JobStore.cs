using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Jobs;

/// <summary>
/// The records of jobs. They guard nothing but who is at work: what a job changes is committed, and logged, in its own
/// table, by steps that may be repeated. So a lease that two instances believe in costs double work and nothing else.
/// </summary>
public sealed class JobStore(IRecordStore store, TimeProvider time, RandomIds? ids = null)
{
    /// <summary>A few heartbeats may fail before another instance goes on.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>For how long the outcome can be asked for.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    internal const int IdLength = 32;

    public DateTimeOffset Now => time.GetUtcNow();

    public string NewId() => (ids ?? RandomIds.Secure).Next();

    /// <exception cref="CacheException">NotFound: there is no such job, or it is another user's.</exception>
    public async Task<Job> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var job = await FindAsync(id, cancellation);
        if (job is not null && (caller.UserId is null || caller.IsAdmin || caller.UserId == job.UserId || job.UserId == "")) return job;
        throw CacheException.NotFound("There is no such job. Jobs can be asked for until a day after their end.");
    }

    /// <returns>null: there is none, or it ended more than a day ago.</returns>
    public async Task<Job?> FindAsync(string id, CancellationToken cancellation)
    {
        // What cannot be an id may hold what storage forbids in a key.
        if (id.Length != IdLength || !id.All(char.IsAsciiHexDigitLower)) return null;
        var row = await ReadAsync(JobRows.RunningKey(id), cancellation) ?? await ReadAsync(JobRows.EndedKey(id), cancellation);
        return row is null ? null : JobRows.Read(row);
    }

    /// <summary>Whether some instance is at it at this moment, as far as its lease tells.</summary>
    public async Task<DateTimeOffset?> LeaseOfAsync(string id, CancellationToken cancellation) =>
        await ReadAsync(JobRows.RunningKey(id), cancellation) is { } row ? JobRows.Read(row).LeaseUntil : null;

    public async Task<IReadOnlyList<Job>> RunningAsync(CancellationToken cancellation)
    {
        var jobs = new List<Job>();
        await foreach (var row in store.QueryAsync(JobRows.Table, JobRows.Partition, KeyRange.Prefix(JobRows.Running), null, cancellation))
            jobs.Add(JobRows.Read(row));
        return jobs;
    }

    /// <summary>Safe to repeat: one job with an id or claim is inserted, and whoever comes again finds it.</summary>
    /// <returns>The job that runs, or has run, under this id or claim; <paramref name="job"/> itself when it is this one.</returns>
    internal async Task<Job> AddAsync(Job job)
    {
        while (true)
        {
            try
            {
                var rows = new List<RowChange> { RowChange.Insert(JobRows.RunningKey(job.Id), JobRows.Values(job)) };
                if (job.Claim is { } claim) rows.Add(RowChange.Insert(JobRows.ClaimKey(claim), JobRows.ClaimValues(job.Id)));
                await store.CommitAsync(JobRows.Table, JobRows.Partition, rows, CancellationToken.None);
                return job;
            }
            catch (RowConflictException)
            {
                if (await StandingAsync(job) is { } standing) return standing;
                // It has ended just now, so the claim is free.
            }
        }
    }

    /// <summary>Takes a job whose lease has run out. The row's ETag lets one instance win.</summary>
    /// <returns>null: another instance is at it, or it has ended.</returns>
    internal async Task<Job?> TryTakeAsync(string id, CancellationToken cancellation)
    {
        if (await ReadAsync(JobRows.RunningKey(id), cancellation) is not { } row) return null;
        var job = JobRows.Read(row);
        if (job.LeaseUntil > Now) return null;
        var taken = job with { LeaseUntil = Now + Lease, Runs = job.Runs + 1 };
        try
        {
            await CommitAsync(RowChange.Replace(row, JobRows.Values(taken)));
            return taken;
        }
        catch (RowConflictException)
        {
            return null;
        }
    }

    /// <summary>Renews the lease, and tells the progress.</summary>
    /// <returns>Whether the job is still this runner's.</returns>
    internal Task<bool> BeatAsync(JobRun run) =>
        ChangeAsync(run.Job, (row, now) => [RowChange.Replace(row, JobRows.Values(run.Progressed(now) with { LeaseUntil = Now + Lease }))]);

    /// <summary>Lets the lease go at once, so that another instance need not wait for it.</summary>
    internal Task<bool> LetGoAsync(Job job, TimeSpan pause) =>
        ChangeAsync(job, (row, now) => [RowChange.Replace(row, JobRows.Values(now with { LeaseUntil = Now + pause }))]);

    internal Task<bool> EndAsync(Job job, Func<Job, Job> end) => ChangeAsync(job, (row, now) =>
    [
        RowChange.Delete(row),
        RowChange.Insert(JobRows.EndedKey(job.Id), JobRows.Values(end(now) with { FinishedAt = Now, LeaseUntil = Now })),
        .. now.Claim is { } claim ? [RowChange.DeleteAny(JobRows.ClaimKey(claim))] : Array.Empty<RowChange>(),
    ]);

    /// <summary>Removes jobs that ended more than a day ago.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellation)
    {
        var removed = 0;
        await foreach (var row in store.QueryAsync(JobRows.Table, JobRows.Partition, KeyRange.Prefix(JobRows.Ended), null, cancellation))
        {
            if (JobRows.Read(row).FinishedAt + Kept > Now) continue;
            try
            {
                await CommitAsync(RowChange.Delete(row));
                removed++;
            }
            catch (RowConflictException)
            {
                // Another instance removes it.
            }
        }

        return removed;
    }

    /// <summary>Changes the row of a job as long as this runner has it. Safe to repeat: the run's number tells whose it is.</summary>
    private async Task<bool> ChangeAsync(Job job, Func<Row, Job, IReadOnlyList<RowChange>> change)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (await ReadAsync(JobRows.RunningKey(job.Id), CancellationToken.None) is not { } row) return false;
            var now = JobRows.Read(row);
            if (now.Runs != job.Runs) return false;
            try
            {
                await store.CommitAsync(JobRows.Table, JobRows.Partition, change(row, now), CancellationToken.None);
                return true;
            }
            catch (RowConflictException)
            {
                // The own earlier try, or another runner: the row tells.
            }
        }

        return false;
    }

    /// <summary>What stands in the way of a job: an earlier try of its own, or another with its id or claim.</summary>
    private async Task<Job?> StandingAsync(Job job)
    {
        if (await FindAsync(job.Id, CancellationToken.None) is { } same)
            return same.StartedAt == job.StartedAt && same.Runs == job.Runs && same.State == job.State ? job : same;
        return job.Claim is { } claim && await ReadAsync(JobRows.ClaimKey(claim), CancellationToken.None) is { } row
            ? await FindAsync(JobRows.ClaimedBy(row), CancellationToken.None)
            : null;
    }

    private Task CommitAsync(RowChange change) =>
        store.CommitAsync(JobRows.Table, JobRows.Partition, [change], CancellationToken.None);

    private Task<Row?> ReadAsync(string key, CancellationToken cancellation) =>
        store.GetAsync(JobRows.Table, JobRows.Partition, key, cancellation);
}
