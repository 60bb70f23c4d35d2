using System.Text.Json;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Hits;

namespace CacheFunctions.Catalogue;

/// <summary>CacheStatistics of the second source document, then the breakdowns. Active and orphaned files, where nothing else is said.</summary>
/// <param name="CacheHitRatio">From 0 to 1 over <paramref name="HitWindow"/>; 0 when nothing was asked for in it.</param>
/// <param name="PeriodDays">Only files cached in so many last days were counted; null: all.</param>
/// <param name="HitsByDay">In <paramref name="HitWindow"/>: the days of UTC on which anything was asked for.</param>
/// <param name="ByStatus">Of all files, removed ones too.</param>
internal sealed record CacheStatisticsAnswer(
    long TotalFiles,
    long TotalSizeBytes,
    string TotalSizeReadable,
    long ActiveFiles,
    long OrphanedFiles,
    int UsersCount,
    DateTimeOffset? OldestCachedAt,
    string? MostAccessedFile,
    double CacheHitRatio,
    HitWindowAnswer HitWindow,
    int? PeriodDays,
    IReadOnlyDictionary<string, TallyAnswer> ByStatus,
    IReadOnlyDictionary<string, TallyAnswer> ByOperation,
    IEnumerable<DayAnswer> ByDay,
    IEnumerable<HitDayAnswer> HitsByDay,
    IEnumerable<UserAnswer> TopUsers,
    IEnumerable<FileAnswer> TopFiles)
{
    public static CacheStatisticsAnswer Of(CacheStatistics statistics, int? days)
    {
        var files = statistics.Files;
        return new CacheStatisticsAnswer(
            files.Total.Files,
            files.Total.Bytes,
            ReadableSize.Of(files.Total.Bytes),
            files.ByStatus[FileStatus.Active].Files,
            files.ByStatus[FileStatus.Orphaned].Files,
            files.Users,
            files.OldestCachedAt,
            statistics.MostAccessedFile,
            statistics.Hits.Counts.Ratio,
            HitWindowAnswer.Of(statistics.Hits),
            days,
            TallyAnswer.Of(files.ByStatus),
            TallyAnswer.Of(files.ByOperation),
            files.ByDay.Select(day => new DayAnswer(day.Day, day.Files.Files, day.Files.Bytes)),
            statistics.Hits.ByDay.Select(day => new HitDayAnswer(day.Day, day.Counts.Hits, day.Counts.Misses)),
            files.TopUsers.Select(user => new UserAnswer(user.User, user.Files.Files, user.Files.Bytes, ReadableSize.Of(user.Files.Bytes))),
            files.TopFiles.Select(file => new FileAnswer(file.Id.ToString(), file.FilePath, file.AccessCount, file.LastAccessed)));
    }
}

/// <summary>What was recorded on all instances, and since when.</summary>
internal sealed record HitWindowAnswer(DateTimeOffset Since, DateTimeOffset Until, long Hits, long Misses, long HitBytes, long MissBytes)
{
    public static HitWindowAnswer Of(HitWindow window) => new(
        window.Since, window.Until, window.Counts.Hits, window.Counts.Misses, window.Counts.HitBytes, window.Counts.MissBytes);
}

internal sealed record TallyAnswer(long Files, long SizeBytes, string SizeReadable)
{
    public static IReadOnlyDictionary<string, TallyAnswer> Of<T>(IReadOnlyDictionary<T, Tally> tallies) where T : struct, Enum => tallies.ToDictionary(
        each => JsonNamingPolicy.SnakeCaseLower.ConvertName(each.Key.ToString()),
        each => new TallyAnswer(each.Value.Files, each.Value.Bytes, ReadableSize.Of(each.Value.Bytes)));
}

internal sealed record HitDayAnswer(DateOnly Day, long Hits, long Misses);

internal sealed record DayAnswer(DateOnly Day, long Files, long SizeBytes);

internal sealed record UserAnswer(string UserId, long Files, long SizeBytes, string SizeReadable);

internal sealed record FileAnswer(string Id, string FilePath, long AccessCount, DateTimeOffset? LastAccessed);
