using System.Text.Json;
using CacheFunctions.Catalogue.Upkeep;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>What concerns many or all cached files: batches, cleanup, verification, purge. What takes long goes on as a job.</summary>
public sealed class CacheUpkeepFunctions(Api api, CachedFilesService files)
{
    [Function(nameof(ChangeCachedFiles))]
    [Answers("Adds, removes, pins and unpins many files", Ok = typeof(BatchReport), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(BatchRequest))]
    public IResult ChangeCachedFiles(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/cached/batch")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var batch = await call.ReadJsonAsync((BatchRequest body) => body.Checked());
            var job = await files.ChangeCachedFilesAsync(call.Caller, batch, call.RequestKey, call.Cancelled);
            if (job.State == JobState.Running) return Pending(call, job, "Batch");
            var result = JsonDocument.Parse(job.Result!).RootElement;
            return call.Ok(result, $"Batch completed. {result.GetProperty("succeeded")} succeeded, {result.GetProperty("failed")} failed.");
        });

    [Function(nameof(CleanUpCache))]
    [Answers(
        "Marks files whose content is gone as orphaned",
        Ok = typeof(CacheCleanupAnswer), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(CacheCleanupRequest), BodyIsOptional = true)]
    public IResult CleanUpCache(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/cached/cleanup")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var (removeOrphaned, userId) = await call.ReadJsonAsync((CacheCleanupRequest body) => body.Checked());
            var job = await files.CleanupOrphanedFilesAsync(call.Caller, removeOrphaned, userId, call.RequestKey, call.Cancelled);
            if (job.State == JobState.Running) return Pending(call, job, "Cache cleanup");
            var report = UpkeepReport.Read(job.Result);
            var removed = removeOrphaned ? $" {report.Removed} orphaned files removed." : "";
            return call.Ok(
                new CacheCleanupAnswer(report.Orphaned, report.Removed, removeOrphaned, report.Restored),
                $"Cache cleanup completed. {report.Orphaned} files marked as orphaned.{removed}");
        });

    [Function(nameof(VerifyCache))]
    [Answers(
        "Looks at every cached file and every copy",
        Ok = typeof(CacheVerificationAnswer), Accepted = typeof(JobStartedAnswer))]
    public IResult VerifyCache(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/cached/verify")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            await call.RequireNoBodyAsync();
            var job = await files.VerifyCacheIntegrityAsync(call.Caller, call.RequestKey, call.Cancelled);
            if (job.State == JobState.Running) return Pending(call, job, "Cache verification");
            var report = UpkeepReport.Read(job.Result);
            return call.Ok(
                new CacheVerificationAnswer(
                    report.Checked, report.Orphaned, report.Restored, report.OriginMissing, report.OriginMissingPaths, report.Swept),
                $"Cache verification completed. {report.Checked} files verified, {report.Orphaned} marked as orphaned.");
        });

    [Function(nameof(PurgeCache))]
    [Answers(
        "Removes the records of files that were removed long ago",
        Ok = typeof(CachePurgeAnswer), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(PurgeRequest))]
    public IResult PurgeCache(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/cached/purge")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var days = await call.ReadJsonAsync((PurgeRequest body) => body.Checked());
            var job = await files.CleanupRemovedFilesAsync(call.Caller, days, call.RequestKey, call.Cancelled);
            if (job.State == JobState.Running) return Pending(call, job, "Cache purge");
            var report = UpkeepReport.Read(job.Result);
            return call.Ok(
                new CachePurgeAnswer(report.Purged, days),
                $"Cache purge completed. {report.Purged} files removed from the catalogue.");
        });

    private static IResult Pending(ApiCall call, Job job, string what) =>
        call.Accepted(job.Id, new JobStartedAnswer(job.Id), $"{what} goes on as a job.");
}

internal sealed record CacheCleanupAnswer(long OrphanedCount, long RemovedCount, bool RemoveOrphaned, long RestoredCount);

/// <param name="OriginMissing">The first ones of the files whose original has vanished.</param>
/// <param name="SweptCount">Copies that no record named, which were deleted.</param>
internal sealed record CacheVerificationAnswer(
    long VerifiedCount, long OrphanedCount, long RestoredCount, long OriginMissingCount, IReadOnlyList<string>? OriginMissing, long SweptCount);

internal sealed record CachePurgeAnswer(long PurgedCount, int DaysToKeep);
