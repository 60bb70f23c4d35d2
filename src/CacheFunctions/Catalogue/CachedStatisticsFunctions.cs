using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>The cache by the numbers, over HTTP.</summary>
public sealed class CachedStatisticsFunctions(Api api, CachedFilesService files)
{
    private const int MaxDays = 3_650;

    [Function(nameof(GetCacheStatistics))]
    [Accepts(Query = ["days", "consistent"])]
    public Task<IResult> GetCacheStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/statistics")] HttpRequest request) =>
        api.RunAsync(request, async call =>
        {
            var days = (int?)call.Query.Number("days", 1, MaxDays);
            var statistics = await files.GetCacheStatisticsAsync(call.Caller, days, call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(CacheStatisticsAnswer.Of(statistics, days));
        });

    [Function(nameof(GetUserCacheStatistics))]
    [Accepts(Query = ["days", "consistent"])]
    public Task<IResult> GetUserCacheStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/users/{userId}/stats")] HttpRequest request, string userId) =>
        api.RunAsync(request, async call =>
        {
            var days = call.Query.Number("days", 30, 1, MaxDays);
            var user = Fields.UserId(userId);
            var statistics = await files.GetUserStatisticsAsync(call.Caller, user, days, call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(new
            {
                UserId = user,
                PeriodDays = days,
                TotalFiles = statistics.Total.Files,
                ActiveFiles = statistics.Active.Files,
                TotalSizeBytes = statistics.Total.Bytes,
                TotalSizeReadable = ReadableSize.Of(statistics.Total.Bytes),
                statistics.MostCommonOperation,
                RecentFiles = statistics.Recent.Select(file => new
                {
                    file.Filename,
                    file.CachedAt,
                    FileSizeReadable = ReadableSize.Of(file.SizeBytes),
                    Operation = file.TriggeredByOperation,
                }),
                ByOperation = TallyAnswer.Of(statistics.ByOperation),
            });
        });
}
