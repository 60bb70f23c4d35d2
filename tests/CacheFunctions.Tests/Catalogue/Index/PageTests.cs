using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class PageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Pages_are_those_of_a_plain_filter_over_all_files(int seed)
    {
        var world = new IndexWorld();
        await using var instance = world.Start();
        var random = new RandomFiles(seed);
        var files = new Dictionary<CachedFileId, CatalogueEntry>();
        Assert.Empty(await instance.AllAsync());
        for (var round = 0; round < 10; round++)
        {
            for (var change = 0; change < 40; change++) await ChangeAsync(instance, random, files);
            for (var i = 0; i < 60; i++) await CheckAsync(instance, files.Values, random.Query());
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Pages_by_cursor_hold_every_match_once_and_in_order(int seed)
    {
        await using var instance = new IndexWorld().Start();
        var random = new RandomFiles(seed);
        var files = new Dictionary<CachedFileId, CatalogueEntry>();
        for (var change = 0; change < 200; change++) await ChangeAsync(instance, random, files);
        for (var i = 0; i < 60; i++)
        {
            var query = random.Query() with { Limit = 1 + random.Random.Next(20), Offset = 0 };
            var expected = NaiveCatalogue.Matches(files.Values, query);
            var found = new List<CachedFileId>();
            for (FileCursor? after = null; ;)
            {
                var page = await instance.Index.PageAsync(query with { After = after }, false, default);
                Assert.Equal(expected.Count, page.TotalCount);
                found.AddRange(page.Files.Select(file => file.Id));
                if (page.Next is null) break;
                after = FileCursor.Parse(page.Next.ToString());
            }

            Assert.Equal(expected.Select(file => file.Id), found);
        }
    }

    [Fact]
    public async Task A_file_is_shown_as_it_was_told()
    {
        await using var instance = new IndexWorld().Start();
        var file = new RandomFiles(5).File(1) with { Users = ["b", "a"], LastAccessed = DateTimeOffset.UnixEpoch.AddYears(50), FilePath = "/é/Ünï.TXT" };
        await instance.PutAsync(file);
        var found = Assert.Single(await instance.AllAsync());
        Assert.Equal(
            (file.Id, file.FilePath, file.Method, file.SizeBytes, file.CachedAt, file.LastAccessed, file.AccessCount, file.TriggeredByOperation, file.Status, file.Pinned),
            (found.Id, found.FilePath, found.Method, found.SizeBytes, found.CachedAt, found.LastAccessed, found.AccessCount, found.TriggeredByOperation, found.Status, found.Pinned));
        Assert.Equal(["b", "a"], found.Users);
        Assert.Equivalent(found, await instance.Index.FindAsync(file.Id, false, default));
        Assert.Null(await instance.Index.FindAsync(CachedFileId.Of("none"), false, default));
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        await using var instance = new IndexWorld().Start();
        var random = new RandomFiles(7);
        for (var i = 0; i < 5; i++) await instance.PutAsync(random.File(i) with { Status = FileStatus.Active });
        var query = new FilesQuery(new CachedFilesFilter(), Limit: 2);
        var next = (await instance.Index.PageAsync(query, false, default)).Next;
        Assert.NotNull(next);
        await Assert.ThrowsAsync<CacheException>(() => instance.Index.PageAsync(query with { After = next, Order = FileOrder.Filename }, false, default));
        await Assert.ThrowsAsync<CacheException>(() => instance.Index.PageAsync(query with { After = next, Descending = false }, false, default));
    }

    [Fact]
    public void A_cursor_that_was_not_given_is_none() =>
        Assert.All(["", "x", "!!", "AAAA", new string('_', 40)], text => Assert.Null(FileCursor.Parse(text)));

    private static async Task CheckAsync(IndexWorld.Instance instance, IEnumerable<CatalogueEntry> files, FilesQuery query)
    {
        var expected = NaiveCatalogue.Matches(files, query);
        var page = await instance.Index.PageAsync(query, false, default);
        Assert.Equal(expected.Count, page.TotalCount);
        Assert.Equal(expected.Skip(query.Offset).Take(query.Limit).Select(file => file.Id), page.Files.Select(file => file.Id));
        if (query.Limit > 0) Assert.Equal(expected.Count > query.Offset + query.Limit, page.HasMore);
    }

    private static async Task ChangeAsync(IndexWorld.Instance instance, RandomFiles random, Dictionary<CachedFileId, CatalogueEntry> files)
    {
        if (files.Count > 0 && random.Random.Next(3) == 0)
        {
            var old = files.Values.ElementAt(random.Random.Next(files.Count));
            if (random.Random.Next(3) > 0)
            {
                await instance.PutAsync(files[old.Id] = random.Changed(old));
                return;
            }

            await instance.PurgeAsync(old);
            files.Remove(old.Id);
            return;
        }

        var file = random.File(random.Random.Next(1_000_000));
        if (files.TryGetValue(file.Id, out var known)) file = random.Changed(known);
        await instance.PutAsync(files[file.Id] = file);
    }
}
