using CacheFunctions.Catalogue;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class ConcurrencyTests
{
    private const int Writers = 3;
    private const int WritesEach = 800;

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    public async Task Pages_are_right_while_others_write_and_snapshots_are_renewed(int seed)
    {
        var world = new IndexWorld();
        await using var one = world.Start();
        await using var other = world.Start();
        var instances = new[] { one, other };
        using var done = new CancellationTokenSource();
        var readers = instances.Select((instance, number) => Task.Run(() => ReadAsync(world, instance, new RandomFiles(seed + number), done.Token))).ToList();
        var renewing = Task.Run(() => RenewAsync(one, done.Token));

        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
            Task.Run(() => WriteAsync(instances[writer % 2], new RandomFiles(seed * 100 + writer)))));
        await done.CancelAsync();
        await Task.WhenAll(readers);
        await renewing;

        await using var late = world.Start();
        var files = written.SelectMany(each => each.Values).ToList();
        var random = new RandomFiles(seed);
        for (var i = 0; i < 40; i++)
        {
            var query = random.Query();
            var expected = NaiveCatalogue.Matches(files, query);
            foreach (var instance in new[] { one, other, late })
            {
                var page = await instance.Index.PageAsync(query, exact: true, default);
                Assert.Equal(expected.Count, page.TotalCount);
                Assert.Equal(expected.Skip(query.Offset).Take(query.Limit).Select(file => file.Id), page.Files.Select(file => file.Id));
            }
        }
    }

    private static async Task<Dictionary<CachedFileId, CatalogueEntry>> WriteAsync(IndexWorld.Instance instance, RandomFiles random)
    {
        var files = new Dictionary<CachedFileId, CatalogueEntry>();
        for (var i = 0; i < WritesEach; i++)
        {
            var file = random.File(random.Random.Next(400));
            if (files.TryGetValue(file.Id, out var known)) file = random.Changed(known);
            if (known is not null && random.Random.Next(4) == 0)
            {
                await instance.PurgeAsync(file);
                files.Remove(file.Id);
            }
            else
            {
                await instance.PutAsync(files[file.Id] = file);
                // Only its own writer removes it.
                Assert.NotNull(await instance.Index.FindAsync(file.Id, false, default));
            }
        }

        return files;
    }

    private static async Task ReadAsync(IndexWorld world, IndexWorld.Instance instance, RandomFiles random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(random.Random.Next(400)));
            var query = random.Query();
            var page = await instance.Index.PageAsync(query, random.Random.Next(10) == 0, default);
            Assert.Equal(page.Files.Select(file => file.Id).Distinct().Count(), page.Files.Count);
            foreach (var file in page.Files)
            {
                if (query.Filter.Status is { } status) Assert.Equal(status, file.Status);
                if (query.Filter.UserId is { } user) Assert.Contains(user, file.Users);
                if (query.Filter.SizeMin is { } min) Assert.True(file.SizeBytes >= min);
                if (query is { Filter.Search: { } search, SearchType: SearchType.Path }) Assert.True(NaiveCatalogue.Contains(file.FilePath, search));
            }
        }
    }

    private static async Task RenewAsync(IndexWorld.Instance instance, CancellationToken done)
    {
        while (!done.IsCancellationRequested) await instance.Index.RenewSnapshotsAsync(default);
    }
}
