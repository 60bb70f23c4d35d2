using CacheFunctions.Catalogue;
using CacheFunctions.Directories.Cleaning;
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
    [Accepts(Query = ["consistent"])]
    public Task<IResult> GetDirectoryStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/stats")] HttpRequest request) =>
        api.RunAsync(request, async call =>
        {
            var statistics = await directories.StatisticsAsync(call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(new
            {
                statistics.TotalBytes,
                TotalReadable = ReadableSize.Of(statistics.TotalBytes),
                statistics.MaxBytes,
                statistics.UsagePercent,
                QuotaStatus = statistics.Quota,
                statistics.DirectoryCount,
                statistics.Hits.Hits,
                statistics.Hits.Misses,
                HitRatio = Math.Round(statistics.Hits.Ratio, 4),
                LastRun = RunAnswer.Of(statistics.Scheduler.LastRun),
                Scheduler = SchedulerAnswer.Of(statistics.Scheduler),
            });
        });

    [Function(nameof(CleanUpDirectories))]
    [Accepts(Body = typeof(DirectoryCleanupRequest), BodyIsOptional = true)]
    public Task<IResult> CleanUpDirectories(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/cleanup")] HttpRequest request) =>
        api.RunAsync(request, async call =>
        {
            var dryRun = await call.ReadJsonAsync((DirectoryCleanupRequest body) => body.DryRun);
            if (dryRun)
            {
                var planned = await directories.TryCleanUpAsync(call.Caller, call.Cancelled);
                return call.Ok(planned, $"{planned.RemovedCount} directories would be removed.");
            }

            var job = await directories.CleanUpAsync(call.Caller, call.Cancelled);
            if (job.State == JobState.Running) return call.Accepted(job.Id, new { JobId = job.Id }, "The cleanup goes on as a job.");
            var report = CleanupReport.Read(job.Result!);
            return call.Ok(report, $"Cache cleanup completed. {report.RemovedCount} directories removed.");
        });

    [Function(nameof(StartScheduler))]
    public Task<IResult> StartScheduler(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/start-scheduler")] HttpRequest request) =>
        SwitchAsync(request, true, nameof(StartScheduler));

    [Function(nameof(StopScheduler))]
    public Task<IResult> StopScheduler(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "cache/stop-scheduler")] HttpRequest request) =>
        SwitchAsync(request, false, nameof(StopScheduler));

    [Function(nameof(ListDirectoryOperations))]
    [Accepts(Query = ["limit", "user_id", "operation_type", "path", "since", "cursor"])]
    public Task<IResult> ListDirectoryOperations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "cache/operations")] HttpRequest request) =>
        api.RunAsync(request, async call =>
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

    private Task<IResult> SwitchAsync(HttpRequest request, bool isOn, string function) => api.RunAsync(
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
