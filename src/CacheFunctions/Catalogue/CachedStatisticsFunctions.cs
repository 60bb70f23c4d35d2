using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>The cache by the numbers, over HTTP.</summary>
public sealed class CachedStatisticsFunctions(Api api, CachedFilesService files)
{
    private const int MaxDays = 3_650;

    [Function(nameof(GetCacheStatistics))]
    [Answers("The cache by the numbers", Ok = typeof(CacheStatisticsAnswer))]
    [Accepts(Query = ["days", "consistent"])]
    public IResult GetCacheStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/statistics")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var days = (int?)call.Query.Number("days", 1, MaxDays);
            var statistics = await files.GetCacheStatisticsAsync(call.Caller, days, call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(CacheStatisticsAnswer.Of(statistics, days));
        });

    [Function(nameof(GetUserCacheStatistics))]
    [Answers("A user's part of the cache by the numbers", Ok = typeof(UserCacheStatisticsAnswer))]
    [Accepts(Query = ["days", "consistent"])]
    public IResult GetUserCacheStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/cached/users/{userId}/stats")] HttpRequest request, string userId) =>
        api.Run(request, async call =>
        {
            var days = call.Query.Number("days", 30, 1, MaxDays);
            var user = Fields.UserId(userId);
            var statistics = await files.GetUserStatisticsAsync(call.Caller, user, days, call.Query.Flag("consistent", false), call.Cancelled);
            return call.Ok(new UserCacheStatisticsAnswer(
                user,
                days,
                statistics.Total.Files,
                statistics.Active.Files,
                statistics.Total.Bytes,
                ReadableSize.Of(statistics.Total.Bytes),
                statistics.MostCommonOperation,
                statistics.Recent.Select(file => new RecentFileAnswer(
                    file.Filename, file.CachedAt, ReadableSize.Of(file.SizeBytes), file.TriggeredByOperation)),
                TallyAnswer.Of(statistics.ByOperation)));
        });
}

/// <summary>A user's part: UserCacheStatistics of the second source document, then the breakdown.</summary>
internal sealed record UserCacheStatisticsAnswer(
    string UserId,
    int PeriodDays,
    long TotalFiles,
    long ActiveFiles,
    long TotalSizeBytes,
    string TotalSizeReadable,
    CacheTrigger? MostCommonOperation,
    IEnumerable<RecentFileAnswer> RecentFiles,
    IReadOnlyDictionary<string, TallyAnswer> ByOperation);

internal sealed record RecentFileAnswer(string Filename, DateTimeOffset CachedAt, string FileSizeReadable, CacheTrigger Operation);
