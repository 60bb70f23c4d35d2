using System.Text.Json;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Cleaning;

/// <summary>
/// One run of the cleaning, as a job that only one instance has at a time. In this order: ends removals that were interrupted,
/// brings touches into the rows, removes what has expired, evicts what the quota demands.
/// </summary>
internal sealed class DirectoryCleanup
{
    private const string Kind = "directory_cleanup";

    private readonly DirectoryStore _store;
    private readonly DirectoryIndex _index;
    private readonly DirectoryRemoval _removal;
    private readonly OpenDirectories _open;
    private readonly DirectoryEviction _eviction;
    private readonly Scheduler _scheduler;
    private readonly DirectorySettings _settings;
    private readonly JobRunner _jobs;

    public DirectoryCleanup(
        DirectoryStore store,
        DirectoryIndex index,
        DirectoryRemoval removal,
        OpenDirectories open,
        DirectoryEviction eviction,
        Scheduler scheduler,
        DirectorySettings settings,
        JobRunner jobs)
    {
        (_store, _index, _removal, _open, _eviction, _scheduler, _settings, _jobs) = (store, index, removal, open, eviction, scheduler, settings, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <summary>Begins a run, or finds the one that is going on, and waits a while for its end.</summary>
    /// <returns>The job, with a <see cref="CleanupReport"/> as its result; running: it goes on.</returns>
    public async Task<Job> StartAsync(Trigger trigger, CancellationToken cancellation)
    {
        var (job, isOwn) = await _jobs.ClaimAsync(
            "directory-cleanup", Kind, "", "", trigger.UserId, JsonSerializer.Serialize(trigger, JsonSerializerOptions.Web), null);
        if (!isOwn) return await _jobs.WaitAsync(job.Id, cancellation);
        await _jobs.StartAsync<CleanupReport>(job);
        return await _jobs.GetAsync(Security.Caller.Machine, job.Id, cancellation);
    }

    /// <summary>What a run would do now. Changes nothing.</summary>
    public async Task<CleanupReport> TryAsync(CancellationToken cancellation)
    {
        var report = new CleanupReport(DryRun: true, _store.Now);
        var tree = await _index.AllAsync(exact: true, cancellation);
        var left = tree.All.ToList();
        foreach (var (directory, action, reason) in new Expiry(tree, _settings.Ttl, _open.IsOpen, _store.Now).Decide())
        {
            if (action == ExpiredAction.Forget) left.Remove(directory);
            else if (action == ExpiredAction.Remove) left.RemoveAll(each => each.Path == directory.Path || each.Path.StartsWith(directory.Path + "/", StringComparison.Ordinal));
            report = action == ExpiredAction.Keep
                ? report.WithKept(directory, reason)
                : report.WithRemoved(directory, action == ExpiredAction.Remove ? directory.SizeBytes : 0, reason);
        }

        foreach (var (directory, reason) in await _eviction.PlanAsync(left, cancellation)) report = report.WithEvicted(directory, reason);
        return report with { FinishedAt = _store.Now };
    }

    private async Task<CleanupReport> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var trigger = JsonSerializer.Deserialize<Trigger>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var report = run.Result is { } before ? CleanupReport.Read(before) : new CleanupReport(DryRun: false, _store.Now);
        report = await ResumeAsync(report, run, trigger, cancellation);
        await FoldAsync(trigger, cancellation);
        var tree = await _index.AllAsync(exact: true, cancellation);
        foreach (var expired in new Expiry(tree, _settings.Ttl, _open.IsOpen, _store.Now).Decide())
        {
            cancellation.ThrowIfCancellationRequested();
            report = await CleanAsync(expired, report, run, trigger, cancellation);
            run.Result = report.Write();
        }

        await _eviction.CleanUpAsync(
            trigger,
            (directory, reason) =>
            {
                report = report.WithEvicted(directory, reason);
                run.Result = report.Write();
            },
            cancellation);
        report = report with { FinishedAt = _store.Now };
        run.Result = report.Write();
        await _scheduler.NoteRunAsync(report);
        // Each removal has its own operation; this one tells of the run.
        if (report.HasChanged)
        {
            var operation = new Operation(
                "directories_cleaned", run.Id, "", trigger.By, trigger.UserId, $"{report.ExpiredCount} expired, {report.EvictedCount} evicted, {report.FreedBytes} bytes freed", Metadata: run.Result);
            await _store.Table.CommitAsync(0, new Change().Log(operation));
        }

        return report;
    }

    private async Task<CleanupReport> ResumeAsync(CleanupReport report, JobRun run, Trigger trigger, CancellationToken cancellation)
    {
        var tree = await _index.AllAsync(exact: true, cancellation);
        foreach (var left in tree.All.Where(directory => directory.RemovedWith is not null && !directory.IsLocked(_store.Now)))
        {
            var path = DirectoryPath.Stored(left.Path);
            try
            {
                if (left.RemovedWith == left.Path) await _removal.RemoveAsync(path, new RemovalOrder(left.RemovalReason!), run.Id, trigger, cancellation);
                // Marked with another that is not being removed any more: nothing in it was deleted.
                else if (tree.Find(left.RemovedWith!)?.RemovedWith != left.RemovedWith) await _removal.UnmarkAsync(path, left.LockOwner!, trigger);
                else continue;
                report = report with { ResumedCount = report.ResumedCount + 1 };
            }
            catch (CacheException error) when (IsOthers(error))
            {
                // Another has taken it up.
            }
        }

        return report;
    }

    /// <summary>Brings the touches of the notices into the rows, so that the notices need not be kept.</summary>
    private async Task FoldAsync(Trigger trigger, CancellationToken cancellation)
    {
        await _index.SendTouchesAsync(cancellation);
        await _index.RefreshAsync(exact: true, cancellation);
        var seen = _index.Seen;
        foreach (var touched in _index.Touched())
        {
            try
            {
                await _store.ChangeAsync(
                    DirectoryPath.Stored(touched.Path),
                    "directory_accessed",
                    trigger,
                    directory => directory.TouchesUpTo < seen
                        ? (_index.WithTouches(directory, seen) with { TouchesUpTo = seen }, $"{touched.AccessCount} times so far")
                        : null,
                    cancellation);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                // It is gone, and its touches with it.
            }
        }

        // Never the newest one: its number says where the next belongs.
        await _index.PurgeNoticesAsync(seen, cancellation);
    }

    private async Task<CleanupReport> CleanAsync(
        Expired expired, CleanupReport report, JobRun run, Trigger trigger, CancellationToken cancellation)
    {
        var (directory, action, reason) = expired;
        var path = DirectoryPath.Stored(directory.Path);
        try
        {
            // The run may take long: with what instances have told since it began.
            await _index.RefreshAsync(exact: false, cancellation);
            if (action != ExpiredAction.Keep && !HasExpired(directory)) return report.WithKept(directory, "is in use again");
            switch (action)
            {
                case ExpiredAction.Forget:
                    await _removal.ForgetAsync(path, reason, trigger, cancellation);
                    return report.WithRemoved(directory, 0, reason);
                case ExpiredAction.Remove:
                    return await _removal.RemoveAsync(path, new RemovalOrder(reason) { Only = HasExpired }, run.Id, trigger, cancellation) is { } removed
                        ? report.WithRemoved(removed, removed.SizeBytes, reason)
                        : report;
                default:
                    return report.WithKept(directory, reason);
            }
        }
        catch (CacheException error) when (IsOthers(error))
        {
            return report.WithKept(directory, error.Message);
        }
    }

    private bool HasExpired(CachedDirectory row) => !_open.IsOpen(row) && _index.WithTouches(row).ExpiresAt(_settings.Ttl) <= _store.Now;

    private static bool IsOthers(CacheException error) => error.Code is ErrorCode.Conflict or ErrorCode.Locked or ErrorCode.NotFound;
}
