using System.Diagnostics;
using System.Globalization;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Storage;

namespace CacheFunctions.Benchmarks.Catalogue;

/// <summary>Loads the snapshots of a folder in a fresh process, and asks.</summary>
internal static class CatalogueMeasure
{
    public const string Name = "catalogue-measure";

    private const int Times = 21;

    private static readonly FilesQuery Search = new(new CachedFilesFilter(Search: "garden of glass"));

    public static async Task RunAsync(string folder)
    {
        var store = new EmptyRecordStore();
        await using var notices = new Notices(store, "catalogue", TimeProvider.System);
        using var index = new CatalogueIndex(
            store, new FolderContentStore(folder), new RecordTable(store, "catalogue", Shard.DefaultCount, TimeProvider.System),
            _ => throw new InvalidOperationException("There are no rows."), notices, TimeProvider.System);

        var (managed, resident) = (GC.GetTotalMemory(true), Resident());
        var start = Stopwatch.GetTimestamp();
        await index.PageAsync(new FilesQuery(new CachedFilesFilter()), false, default);
        Tell("load and first page, cold", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  memory grown by {(GC.GetTotalMemory(true) - managed) / 1e6:0.0} MB managed, {(Resident() - resident) / 1e6:0.0} MB resident"));

        await MeasureAsync("first page, newest first", new FilesQuery(new CachedFilesFilter()));
        await MeasureAsync("page by name", new FilesQuery(new CachedFilesFilter(), FileOrder.Filename, Descending: false));
        await MeasureAsync("page at offset 10,000", new FilesQuery(new CachedFilesFilter(), Offset: 10_000));
        await MeasureAsync("filter: status, operation, size", new FilesQuery(new CachedFilesFilter(
            Status: FileStatus.Active, TriggeredByOperation: CacheTrigger.Trakt, SizeMin: 1_000_000_000)));
        await MeasureAsync("filter: user", new FilesQuery(new CachedFilesFilter(UserId: "user3")));
        await MeasureAsync("search in paths", Search);
        await MeasureAsync("search in paths, one letter", Search with { Filter = new CachedFilesFilter(Search: "q") });
        await MeasureAsync("search in paths, not ASCII", Search with { Filter = new CachedFilesFilter(Search: "überfahrt") });
        await MeasureAsync("search in names", Search with { SearchType = SearchType.Filename });
        await MeasureAsync("search everywhere", Search with { SearchType = SearchType.All });
        await MedianAsync("statistics", () => index.StatisticsAsync(null, null, false, default));
        await MedianAsync("statistics of a user", () => index.UserStatisticsAsync("user3", DateTimeOffset.UnixEpoch, false, default));

        Task MeasureAsync(string what, FilesQuery query) => MedianAsync(what, () => index.PageAsync(query, false, default));
    }

    private static async Task MedianAsync(string what, Func<Task> ask)
    {
        var times = new List<double>();
        for (var i = 0; i < 2 * Times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        // The first half compiles.
        Tell(what, times.Skip(Times).Order().ElementAt(Times / 2));
    }

    private static void Tell(string what, double milliseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-34}{milliseconds,9:0.00} ms"));

    private static long Resident()
    {
        var line = File.ReadLines("/proc/self/status").First(each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
