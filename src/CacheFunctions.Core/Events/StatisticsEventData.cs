using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Events;

/// <summary>What the statistics' event tells: the sums only, so that it costs one pass and no storage transaction.</summary>
internal sealed record StatisticsEventData(
    long TotalFiles, long TotalSizeBytes, string TotalSizeReadable, long ActiveFiles, long OrphanedFiles)
{
    public static StatisticsEventData Of(FileStatistics statistics) => new(
        statistics.Total.Files,
        statistics.Total.Bytes,
        ReadableSize.Of(statistics.Total.Bytes),
        statistics.ByStatus[FileStatus.Active].Files,
        statistics.ByStatus[FileStatus.Orphaned].Files);
}
