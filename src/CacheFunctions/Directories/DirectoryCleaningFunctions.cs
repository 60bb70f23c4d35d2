using CacheFunctions.Catalogue;
using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Directories;

/// <summary>Cleaning, its scheduler, statistics and the log of the directory cache over HTTP.</summary>
public sealed class DirectoryCleaningFunctions(Api api, DirectoriesService directories)
{
    [Function(nameof(GetDirectoryStatistics))]
    [Answers("The directory cache by the numbers", Ok = typeof(DirectoryStatisticsAnswer))]
    [Accepts(Query = ["consistent"])]
    public IResult GetDirectoryStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/stats")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var statistics = await directories.StatisticsAsync(call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(new DirectoryStatisticsAnswer(
                statistics.TotalBytes,
                ReadableSize.Of(statistics.TotalBytes),
                statistics.Marks.QuotaBytes,
                statistics.Marks.HighBytes,
                statistics.Marks.LowBytes,
                statistics.UsagePercent,
                statistics.Quota,
                statistics.DirectoryCount,
                statistics.Hits.Hits,
                statistics.Hits.Misses,
                Math.Round(statistics.Hits.Ratio, 4),
                RunAnswer.Of(statistics.Scheduler.LastRun),
                SchedulerAnswer.Of(statistics.Scheduler)));
        });

    [Function(nameof(CleanUpDirectories))]
    [Answers(
        "Removes what has expired or what the quota demands",
        ErrorCode.Conflict, Ok = typeof(CleanupReport), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(DirectoryCleanupRequest), BodyIsOptional = true)]
    public IResult CleanUpDirectories(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/cleanup")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var dryRun = await call.ReadJsonAsync((DirectoryCleanupRequest body) => body.DryRun);
            if (dryRun)
            {
                var planned = await directories.TryCleanUpAsync(call.Caller, call.Cancelled);
                return call.Ok(planned, $"{planned.RemovedCount} directories would be removed.");
            }

            var job = await directories.CleanUpAsync(call.Caller, call.Cancelled);
            if (job.State == JobState.Running) return call.Accepted(job.Id, new JobStartedAnswer(job.Id), "The cleanup goes on as a job.");
            var report = CleanupReport.Read(job.Result!);
            return call.Ok(report, $"Cache cleanup completed. {report.RemovedCount} directories removed.");
        });

    [Function(nameof(StartScheduler))]
    [Answers("Starts the scheduled cleaning", ErrorCode.Conflict, Ok = typeof(SchedulerAnswer))]
    public IResult StartScheduler(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/start-scheduler")] HttpRequest request) =>
        Switch(request, true, nameof(StartScheduler));

    [Function(nameof(StopScheduler))]
    [Answers("Stops the scheduled cleaning", ErrorCode.Conflict, Ok = typeof(SchedulerAnswer))]
    public IResult StopScheduler(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/stop-scheduler")] HttpRequest request) =>
        Switch(request, false, nameof(StopScheduler));

    [Function(nameof(ListDirectoryOperations))]
    [Answers("The log of directories, newest first", Items = typeof(OperationAnswer), Plural = "operations")]
    [Accepts(Query = ["limit", "user_id", "operation_type", "path", "since", "cursor"])]
    public IResult ListDirectoryOperations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/operations")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var limit = call.Query.Number("limit", 50, 1, 500);
            var filter = OperationFilter.Of(call.Query);
            var path = call.Query.Text("path") is { } text ? DirectoryPath.Of(text).Text : null;
            var (page, cursor) = await directories.OperationsAsync(
                call.Caller,
                logged => filter.Fits(logged) && (path is null || logged.Operation.FilePath == path),
                limit,
                call.Query.Text("cursor"),
                call.Cancelled);
            return call.Page("operations", [.. page.Select(operation => new OperationAnswer(operation))], limit, cursor);
        });

    private IResult Switch(HttpRequest request, bool isOn, string function) => api.Run(
        request,
        async call =>
        {
            await call.RequireNoBodyAsync();
            var (state, changed) = await directories.SwitchSchedulerAsync(call.Caller, isOn, call.Cancelled);
            var word = isOn ? "started" : "stopped";
            return call.Ok(SchedulerAnswer.Of(state), changed ? $"Cache scheduler {word}" : $"Cache scheduler was {word} already");
        },
        function);
}

/// <summary>The body of POST /cache/cleanup; none at all is fine.</summary>
internal sealed record DirectoryCleanupRequest
{
    public bool DryRun { get; init; }
}

internal sealed record SchedulerAnswer(string State, int IntervalSeconds, DateTimeOffset? NextRun, DateTimeOffset? ChangedAt)
{
    public static SchedulerAnswer Of(SchedulerState state) => new(state.State, state.IntervalSeconds, state.NextRun, state.ChangedAt);
}

/// <summary>What the last run did; null: there was none yet.</summary>
internal sealed record RunAnswer(DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, int ExpiredCount, int EvictedCount, long FreedBytes, int KeptCount, int ResumedCount)
{
    public static RunAnswer? Of(CleanupReport? report) => report is null
        ? null
        : new RunAnswer(report.StartedAt, report.FinishedAt, report.ExpiredCount, report.EvictedCount, report.FreedBytes, report.KeptCount, report.ResumedCount);
}

internal sealed record DirectoryStatisticsAnswer(
    long TotalBytes,
    string TotalReadable,
    long MaxBytes,
    long HighWatermarkBytes,
    long LowWatermarkBytes,
    double UsagePercent,
    QuotaStatus QuotaStatus,
    int DirectoryCount,
    long Hits,
    long Misses,
    double HitRatio,
    RunAnswer? LastRun,
    SchedulerAnswer Scheduler);
