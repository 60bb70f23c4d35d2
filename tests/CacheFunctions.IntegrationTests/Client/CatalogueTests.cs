using CacheFunctions.Client;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Client;

/// <summary>The catalogue as a client sees it, and origins beside it.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public async Task Files_are_cached_found_counted_and_removed()
    {
        await using var service = await TestService.StartAsync();
        var (files, origins) = (service.Client.CachedFiles, service.Client.Origins);
        for (var i = 0; i < 5; i++) service.Put($"films/{i}.mkv", new string('x', i + 1));
        var entries = new List<string>();
        await foreach (var entry in origins.ListEntries("nas", "films", pageSize: 2)) entries.Add(entry.NasFilePath);
        Assert.Equal(5, entries.Count);
        Assert.Equal("/mnt/nas/", Assert.Single((await origins.List().GetPageAsync()).Items).Prefix);

        var added = await (await files.ChangeAsync(new CachedFileBatch
        {
            Add = [.. entries.Append("/mnt/nas/none").Select(path => new NewCachedFile { FilePath = path, UserId = "7", TriggeredByOperation = CacheTrigger.Watchlist })],
        })).WaitAsync();
        Assert.Equal((5, 1, "not_found"), (added.Succeeded, added.Failed, added.Results[^1].Code));

        var query = new CachedFileQuery { UserId = "7", Sort = "-file_size_bytes", PageSize = 2, Consistent = true };
        var sizes = new List<long>();
        await foreach (var file in files.List(query)) sizes.Add(file.FileSizeBytes);
        Assert.Equal([5, 4, 3, 2, 1], sizes);
        Assert.Equal(5, (await files.ListOfUser("7", query).GetPageAsync()).TotalCount);
        var found = await files.Search("3.MKV", CachedFileSearch.Filename, consistent: true).GetPageAsync();
        Assert.Equal((1, CacheTrigger.Watchlist), (found.TotalCount, found.Items[0].TriggeredByOperation));
        var id = found.Items[0].Id;

        Assert.True((await files.PinAsync(id)).Pinned);
        Assert.Equal(["7", "8"], (await files.AddUserAsync(id, "8", "shared")).Users);
        await using (var content = await files.OpenThroughAsync("films/3.mkv")) Assert.Equal("xxxx", await content.ReadTextAsync());
        Assert.Equal(4, (await files.GetContentInfoAsync(id)).Length);
        var statistics = await files.GetStatisticsAsync(days: 1, consistent: true);
        Assert.Equal((5, 15, 5), (statistics.TotalFiles, statistics.TotalSizeBytes, statistics.ByOperation["watchlist"].Files));
        Assert.Equal(5, (await files.GetUserStatisticsAsync("7", consistent: true)).ActiveFiles);
        await using (var export = await files.ExportAsync())
            Assert.Equal(6, (await export.ReadTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        Assert.Equal("conflict", (await Assert.ThrowsAsync<CacheApiException>(() => files.RemoveAsync(id))).Code);
        Assert.False((await files.UnpinAsync(id)).Pinned);
        Assert.Equal("old", (await files.RemoveAsync(id, "old")).Reason);
        Assert.Equal(CachedFileStatus.Removed, (await files.GetAsync(id)).Status);
        Assert.Equal(4, (await (await files.VerifyAsync()).WaitAsync()).VerifiedCount);
        Assert.Equal(0, (await (await files.CleanUpAsync()).WaitAsync()).OrphanedCount);
        Assert.Equal((1, 0), await (await files.PurgeAsync(0)).WaitAsync() is var purged ? (purged.PurgedCount, purged.DaysToKeep) : default);
        var log = await files.ListOperations(new OperationQuery { Since = DateTimeOffset.UtcNow.AddHours(-1) }, id).GetPageAsync();
        Assert.Equal(["file_purged", "file_removed"], log.Items.Take(2).Select(operation => operation.OperationType));
        Assert.All(log.Items, operation => Assert.Equal(id, operation.FileId));
    }

    [Fact]
    public async Task The_service_tells_how_it_is()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal("alive", (await service.Client.Service.GetHealthAsync()).Status);
        Assert.Equal("ok", (await service.Client.Service.GetReadyAsync()).Checks["tables"].GetString());
        await using var description = await service.Client.Service.OpenDescriptionAsync();
        Assert.Contains("\"openapi\"", await description.ReadTextAsync(), StringComparison.Ordinal);
    }
}
