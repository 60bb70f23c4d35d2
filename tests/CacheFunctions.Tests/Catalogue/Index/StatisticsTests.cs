using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class StatisticsTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 4, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "bob")]
    [InlineData(true, "bob")]
    public async Task Statistics_are_those_of_a_plain_count(bool period, string? only)
    {
        await using var instance = new IndexWorld().Start();
        var random = new RandomFiles(21);
        var files = Enumerable.Range(0, 300).Select(random.File).ToList();
        foreach (var file in files) await instance.PutAsync(file);
        var all = files.Where(file => (!period || file.CachedAt >= Since) && (only is null || file.Users.Contains(only))).ToList();
        var counted = all.Where(file => file.Status is FileStatus.Active or FileStatus.Orphaned).ToList();

        var statistics = await instance.Index.StatisticsAsync(only, period ? Since : null, false, default);

        Assert.Equal(Sum(counted), statistics.Total);
        Assert.All(Enum.GetValues<FileStatus>(), status => Assert.Equal(Sum(all.Where(file => file.Status == status)), statistics.ByStatus[status]));
        Assert.All(
            Enum.GetValues<CacheTrigger>(),
            trigger => Assert.Equal(Sum(counted.Where(file => file.TriggeredByOperation == trigger)), statistics.ByOperation[trigger]));
        Assert.Equal(only is null ? counted.SelectMany(file => file.Users).Distinct().Count() : 1, statistics.Users);
        Assert.Equal(counted.Min(file => file.CachedAt), statistics.OldestCachedAt);
        Assert.Equal(
            counted.GroupBy(file => DateOnly.FromDateTime(file.CachedAt.UtcDateTime)).OrderBy(day => day.Key).Select(day => (day.Key, Sum(day))),
            statistics.ByDay);
        Assert.Equal(
            counted.SelectMany(file => file.Users.Select(user => (User: user, File: file))).Where(pair => only is null || pair.User == only).GroupBy(pair => pair.User)
                .Select(user => (User: user.Key, Files: Sum(user.Select(pair => pair.File))))
                .OrderByDescending(user => user.Files.Files).ThenBy(user => user.User, StringComparer.Ordinal),
            statistics.TopUsers);
        Assert.Equal(
            counted.OrderByDescending(file => file.AccessCount).ThenBy(file => file.Id.ToString(), StringComparer.Ordinal).Take(10).Select(file => file.Id),
            statistics.TopFiles.Select(file => file.Id));
        Assert.Equal(statistics.TopFiles[0], statistics.MostAccessed);
    }

    [Fact]
    public async Task Statistics_of_a_user_are_those_of_a_plain_count()
    {
        await using var instance = new IndexWorld().Start();
        var random = new RandomFiles(22);
        var files = Enumerable.Range(0, 300).Select(random.File).ToList();
        foreach (var file in files) await instance.PutAsync(file);
        var own = files.Where(file => file.Users.Contains("bob") && file.Status != FileStatus.Removed && file.CachedAt >= Since).ToList();

        var statistics = await instance.Index.UserStatisticsAsync("bob", Since, false, default);

        Assert.Equal(Sum(own), statistics.Total);
        Assert.Equal(Sum(own.Where(file => file.Status == FileStatus.Active)), statistics.Active);
        Assert.Equal(
            own.GroupBy(file => file.TriggeredByOperation).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key,
            statistics.MostCommonOperation);
        Assert.Equal(
            own.OrderByDescending(file => file.CachedAt).ThenBy(file => file.Id.ToString(), StringComparer.Ordinal).Take(10).Select(file => file.Id),
            statistics.Recent.Select(file => file.Id));
    }

    [Fact]
    public async Task An_empty_catalogue_has_statistics()
    {
        await using var instance = new IndexWorld().Start();
        var statistics = await instance.Index.StatisticsAsync(null, null, false, default);
        Assert.Equal((0, 0, null, null), (statistics.Total.Files, statistics.Users, statistics.OldestCachedAt, statistics.MostAccessed));
        Assert.Null((await instance.Index.UserStatisticsAsync("nobody", Since, false, default)).MostCommonOperation);
    }

    private static Tally Sum(IEnumerable<CatalogueEntry> files)
    {
        var list = files.ToList();
        return new Tally(list.Count, list.Sum(file => file.SizeBytes));
    }
}
