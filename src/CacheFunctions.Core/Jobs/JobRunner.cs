using System.Collections.Concurrent;
using CacheFunctions.Errors;
using CacheFunctions.Observability;
using CacheFunctions.Security;

namespace CacheFunctions.Jobs;

/// <summary>
/// Carries jobs out: begins them, keeps their lease by heartbeats, and goes on with those whose instance died. Work
/// must be safe to repeat from its beginning and quick where it was done before.
/// </summary>
public sealed class JobRunner(JobStore jobs, TimeProvider time) : IDisposable
{
    // How often one who waits for a job of another instance looks at it.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, Func<JobRun, CancellationToken, Task<object>>> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _working = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Told of every job that failed, for the service's own log.</summary>
    public Action<Job, Exception>? Failed { get; set; }

    /// <summary>Says how jobs of a kind are carried out, by whichever instance goes on with them.</summary>
    public void Register<T>(string kind, Func<JobRun, CancellationToken, Task<T>> work) where T : class =>
        _kinds[kind] = async (run, cancellation) => await work(run, cancellation);

    /// <summary>Records a job, before anything names it: what is begun then will be gone on with.</summary>
    public Task<Job> AddAsync(string kind, string subject, string filePath, string? userId, string arguments, long? bytesTotal) =>
        jobs.AddAsync(New(jobs.NewId(), kind, subject, filePath, userId, arguments, bytesTotal));

    /// <summary>Records a job unless one with this claim is running: of several callers, on any instances, one begins it.</summary>
    /// <returns>The job, and whether this caller is to start it; otherwise another has.</returns>
    public async Task<(Job Job, bool IsOwn)> ClaimAsync(
        string claim, string kind, string subject, string filePath, string? userId, string arguments, long? bytesTotal)
    {
        var own = New(jobs.NewId(), kind, subject, filePath, userId, arguments, bytesTotal) with { Claim = claim };
        var standing = await jobs.AddAsync(own);
        return (standing, standing.Id == own.Id);
    }

    /// <summary>Carries out a job, and waits a while for its end; whoever asks again under the same key gets the same job.</summary>
    /// <param name="requestKey">null: every request counts.</param>
    /// <returns>The job as it stands then; running: it goes on.</returns>
    /// <exception cref="CacheException">Whatever it failed with in that time.</exception>
    public async Task<Job> RunAsync<T>(string kind, string? requestKey, string? userId, string arguments, CancellationToken cancellation)
        where T : class
    {
        var id = requestKey?[..JobStore.IdLength] ?? jobs.NewId();
        if (requestKey is not null && await jobs.FindAsync(id, cancellation) is not null) return await WaitAsync(id, cancellation);
        var own = New(id, kind, "", "", userId, arguments, null);
        var standing = await jobs.AddAsync(own);
        if (!ReferenceEquals(standing, own)) return await WaitAsync(id, cancellation);
        await StartAsync<T>(own);
        return await jobs.GetAsync(Caller.Machine, id, cancellation);
    }

    /// <summary>A request's time begins.</summary>
    public Patience NewPatience() => new(time);

    /// <summary>Waits a while for the end of a job, whoever carries it out.</summary>
    /// <returns>The job as it stands then; running: it goes on.</returns>
    /// <exception cref="CacheException">What it failed with.</exception>
    public Task<Job> WaitAsync(string id, CancellationToken cancellation) => WaitAsync(id, NewPatience(), cancellation);

    /// <inheritdoc cref="WaitAsync(string, CancellationToken)"/>
    public async Task<Job> WaitAsync(string id, Patience patience, CancellationToken cancellation)
    {
        for (; ; await Task.Delay(Look, time, cancellation))
        {
            var job = await GetAsync(Caller.Machine, id, cancellation);
            if (job.State == JobState.Failed) throw new CacheException(Enum.Parse<ErrorCode>(job.ErrorCode ?? nameof(ErrorCode.Internal)), job.Error!);
            if (job.State == JobState.Succeeded || patience.Left == TimeSpan.Zero || _stopping.IsCancellationRequested) return job;
        }
    }

    /// <summary>Ends a job that turned out not to be needed.</summary>
    public Task DropAsync(Job job) => jobs.EndAsync(job, now => now with { State = JobState.Failed, Error = "It was not begun." });

    /// <summary>Begins a job and waits a while for its end.</summary>
    /// <param name="patience">null: it begins now.</param>
    /// <returns>What the work gave; null: it goes on.</returns>
    /// <exception cref="CacheException">Whatever the work failed with in that time.</exception>
    public async Task<T?> StartAsync<T>(Job job, Patience? patience = null) where T : class
    {
        var left = (patience ?? NewPatience()).Left;
        var run = new JobRun(job) { IsWaitedFor = true };
        var work = Begin(run);
        try
        {
            // When this instance stops, the work itself is broken off.
            if (await Task.WhenAny(work, Task.Delay(left, time)) == work) return (T)await work;
        }
        catch (OperationCanceledException)
        {
            // Another instance has taken it for left behind, or this one stops: it goes on elsewhere.
            return null;
        }

        run.IsWaitedFor = false;
        Forget(work);
        return null;
    }

    /// <summary>
    /// Breaks off what is under way, and lets its leases go, so that another instance goes on at once. Who waits for a job is told that it
    /// goes on. No job may be begun after this.
    /// </summary>
    /// <param name="cancellation">Ends the waiting: what is not let go by then is taken up when its lease has run out.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        // Not CancelAsync: see RunAsync.
        _stopping.Cancel();
        await Task.WhenAll(_working.Keys).WaitAsync(cancellation).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>After <see cref="StopAsync"/>.</summary>
    public void Dispose() => _stopping.Dispose();

    /// <summary>The job as it stands. One whose instance has died goes on because it was asked for.</summary>
    public async Task<Job> GetAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var job = await jobs.GetAsync(caller, id, cancellation);
        if (IsLeft(job)) await ResumeAsync(id, cancellation);
        return job;
    }

    /// <summary>Goes on with every job whose instance has died.</summary>
    /// <param name="patience">How long to wait for them in all; what takes longer goes on.</param>
    /// <returns>How many.</returns>
    public async Task<int> ResumeAllAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var resumed = new List<Task>();
        var running = await jobs.RunningAsync(cancellation);
        Tell(running);
        foreach (var job in running)
            if (IsLeft(job) && await ResumeAsync(job.Id, cancellation) is { } work) resumed.Add(work);
        if (resumed.Count > 0) await Task.WhenAny(Task.WhenAll(resumed), Task.Delay(patience, time, cancellation));
        return resumed.Count;
    }

    /// <summary>Those that no instance is at wait.</summary>
    private void Tell(IReadOnlyList<Job> running)
    {
        var waiting = running.Where(job => job.LeaseUntil <= jobs.Now).ToList();
        Telemetry.QueueLength.Tell(Telemetry.Attributes.Queue, Telemetry.Queue.Jobs, waiting.Count);
        var oldest = waiting.Count == 0 ? jobs.Now : waiting.Min(job => job.LeaseUntil);
        Telemetry.QueueAge.Tell(Telemetry.Attributes.Queue, Telemetry.Queue.Jobs, (jobs.Now - oldest).TotalSeconds);
    }

    /// <summary>Jobs of a kind that this instance does not know are left to one that does.</summary>
    private bool IsLeft(Job job) => job.State == JobState.Running && job.LeaseUntil <= jobs.Now && _kinds.ContainsKey(job.Kind);

    private async Task<Task?> ResumeAsync(string id, CancellationToken cancellation)
    {
        if (await jobs.TryTakeAsync(id, cancellation) is not { } job) return null;
        var work = Begin(new JobRun(job));
        Forget(work);
        return work;
    }

    private Task<object> Begin(JobRun run)
    {
        var work = OwnTrace.RunAsync(
            $"job {run.Job.Kind}",
            Telemetry.JobDuration,
            Telemetry.Tag(Telemetry.Attributes.Job, run.Job.Kind),
            () => RunAsync(run),
            span => span.SetTag(Telemetry.Attributes.JobId, run.Id));
        _working.TryAdd(work, true);
        _ = work.ContinueWith(
            done => _working.TryRemove((Task<object>)done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return work;
    }

    private async Task<object> RunAsync(JobRun run)
    {
        var job = run.Job;
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var done = new CancellationTokenSource();
        var beating = BeatAsync(run, lost, done.Token);
        try
        {
            var result = await _kinds[job.Kind](run, lost.Token);
            await jobs.EndAsync(job, now => run.Progressed(now) with { State = JobState.Succeeded });
            return result;
        }
        catch (Exception error) when (run.IsTriedAgain(error))
        {
            await jobs.LetGoAsync(job, _stopping.IsCancellationRequested ? TimeSpan.Zero : Pause(job.Runs));
            throw;
        }
        catch (Exception error)
        {
            Failed?.Invoke(job, error);
            var (code, message) = error is CacheException known ? (known.Code, known.Message) : (ErrorCode.Internal, "An error of this service.");
            await jobs.EndAsync(job, now => run.Progressed(now) with { State = JobState.Failed, ErrorCode = code.ToString(), Error = message });
            throw;
        }
        finally
        {
            // Not CancelAsync, which hands over to a thread of its own: whoever waits here goes on where it was.
            done.Cancel();
            await beating;
        }
    }

    private async Task BeatAsync(JobRun run, CancellationTokenSource lost, CancellationToken done)
    {
        while (true)
        {
            try
            {
                await Task.Delay(JobStore.Heartbeat, time, done);
                if (await jobs.BeatAsync(run)) continue;
                // Another instance goes on with it, or it has ended.
                lost.Cancel();
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (CacheException)
            {
                // The lease outlives a few failed heartbeats.
            }
        }
    }

    private Job New(string id, string kind, string subject, string filePath, string? userId, string arguments, long? bytesTotal) =>
        new(id, kind, subject, filePath, userId, arguments, jobs.Now, jobs.Now + JobStore.Lease, BytesTotal: bytesTotal);

    private static TimeSpan Pause(int runs) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 15 * Math.Pow(2, Math.Min(runs, 10))));

    /// <summary>Its failure is in its row; nobody waits for the task itself.</summary>
    private static void Forget(Task work) =>
        _ = work.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
