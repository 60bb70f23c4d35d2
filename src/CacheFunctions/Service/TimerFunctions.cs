using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Directories;
using CacheFunctions.Errors;
using CacheFunctions.Events.Relay;
using CacheFunctions.Files;
using CacheFunctions.Uploads;
using CacheFunctions.Hits;
using CacheFunctions.Idempotency;
using CacheFunctions.Jobs;
using CacheFunctions.Observability;
using CacheFunctions.Sessions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Service;

/// <summary>The timers. Few, because each scales to instances of its own.</summary>
public sealed class TimerFunctions(
    SessionService sessions,
    CachedFilesService files,
    DirectoriesService directories,
    FileManager fileManager,
    ResumableUploads uploads,
    JobRunner jobs,
    JobStore jobStore,
    RequestKeys keys,
    CatalogueIndex catalogue,
    HitCounters hits,
    EventRelay events,
    ILogger<TimerFunctions> logger)
{
    [Function(nameof(RunFrequent))]
    public Task RunFrequent(
        [TimerTrigger("%Schedules:Frequent%")] TimerInfo timer, CancellationToken cancellation) => TraceAsync(nameof(RunFrequent), () => FrequentAsync(cancellation));

    private async Task FrequentAsync(CancellationToken cancellation)
    {
        await jobs.ResumeAllAsync(Patience.Length, cancellation);
        var report = await sessions.RunFrequentAsync(cancellation);
        foreach (var failure in report.Failed) logger.LogWarning("A write back failed and will be tried again: {Failure}", failure);
        if (report is not { Synced: 0, KeptBoth: 0, Purged: 0, Failed.Count: 0 })
        {
            logger.LogInformation(
                "Sessions written back: {Synced}, kept as both: {KeptBoth}, removed: {Purged}, failed: {Failed}",
                report.Synced,
                report.KeptBoth,
                report.Purged,
                report.Failed.Count);
        }

        var registered = await directories.RunFrequentAsync(cancellation);
        if (registered > 0) logger.LogInformation("Directories with finished downloads: {Registered}", registered);
        await RelayAsync(cancellation);
        // Last, since it only makes later starts quicker.
        await catalogue.RenewSnapshotsAsync(cancellation);
    }

    [Function(nameof(RunCleanup))]
    public Task RunCleanup(
        [TimerTrigger("%Schedules:Cleanup%")] TimerInfo timer, CancellationToken cancellation) => TraceAsync(nameof(RunCleanup), () => CleanupAsync(cancellation));

    private async Task CleanupAsync(CancellationToken cancellation)
    {
        var report = await sessions.RunCleanupAsync(cancellation);
        foreach (var kept in report.Kept)
            logger.LogWarning("An inactive session was not cleaned up: {Path}: {Reason}", kept.NasFilePath, kept.Reason);
        if (report.Cleaned.Count > 0) logger.LogInformation("Inactive sessions cleaned up: {Cleaned}", report.Cleaned.Count);
        var (expired, evicted) = await files.RunCleanupAsync(cancellation);
        if (expired + evicted > 0) logger.LogInformation("Cached files expired: {Expired}, evicted: {Evicted}", expired, evicted);
        await keys.PurgeAsync(cancellation);
        await jobStore.PurgeAsync(cancellation);
        await hits.Of(CatalogueStore.TableName).PurgeAsync(cancellation);
        await hits.Of(DirectoryStore.TableName).PurgeAsync(cancellation);
        var settled = await fileManager.RunCleanupAsync(cancellation);
        if (settled > 0) logger.LogWarning("Changes of files that broke off and were settled: {Settled}", settled);
        var (expiredUploads, finished) = await uploads.RunCleanupAsync(cancellation);
        if (expiredUploads + finished > 0) logger.LogInformation("Resumable uploads expired: {Expired}, finished after their instance ended: {Finished}", expiredUploads, finished);
        // Last, since it may go on for long.
        await directories.RunCleanupAsync(cancellation);
    }

    [Function(nameof(RunMaintenance))]
    public Task RunMaintenance(
        [TimerTrigger("%Schedules:Maintenance%")] TimerInfo timer, CancellationToken cancellation) => TraceAsync(nameof(RunMaintenance), () => MaintenanceAsync(cancellation));

    private async Task MaintenanceAsync(CancellationToken cancellation)
    {
        var swept = await sessions.RunMaintenanceAsync(cancellation);
        if (swept > 0) logger.LogInformation("Contents that no session named were deleted: {Swept}", swept);
        await files.RunMaintenanceAsync(cancellation);
        var corrected = await directories.RunMaintenanceAsync(cancellation);
        if (corrected > 0) logger.LogInformation("Directories whose size was wrong: {Corrected}", corrected);
        var rotation = await fileManager.RunMaintenanceAsync(cancellation);
        if (rotation.Rewrapped > 0) logger.LogInformation("Files whose key is now wrapped by the current one: {Rewrapped}", rotation.Rewrapped);
        if (rotation.Failed > 0) logger.LogWarning("Files that are damaged, or whose key is not in the ring: {Failed}", rotation.Failed);
    }

    private static Task TraceAsync(string function, Func<Task> run) =>
        OwnTrace.RunAsync($"timer {function}", Telemetry.TimerDuration, Telemetry.Tag(Telemetry.Attributes.Timer, function), run);

    /// <summary>What an instance left unpublished that has died.</summary>
    private async Task RelayAsync(CancellationToken cancellation)
    {
        try
        {
            await events.RunAllAsync(cancellation);
        }
        catch (CacheException error)
        {
            // Nothing else waits for whoever hears of events; the next run goes on.
            logger.LogWarning(error, "Events could not be published, and will be again: {Problem}", error.Message);
        }
    }
}
