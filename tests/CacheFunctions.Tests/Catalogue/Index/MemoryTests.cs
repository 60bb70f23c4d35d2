using System.Globalization;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

/// <summary>Alone, since all that runs in the process shares its memory.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int PathLength = 70;

    [Fact]
    public async Task A_file_takes_less_than_two_hundred_bytes()
    {
        const int Count = 100_000;
        var users = new UserSets();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var grown = Fill(Count, users);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        // Far less would be no measure of the columns; a little may still be given back by what ran before.
        Assert.InRange(bytes / Count, 50, 200);

        // As a snapshot gives it, without the spare room of growth.
        before = GC.GetTotalMemory(forceFullCollection: true);
        var loaded = new List<LoadedShard>();
        foreach (var columns in grown)
            loaded.Add(await SnapshotFormat.ReadAsync(SnapshotFormat.Write(0, new LoadedShard(columns, 1, 1), users), 0, users, default));
        bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(bytes / Count, 50, 190);
        GC.KeepAlive(grown);
        GC.KeepAlive(loaded);
    }

    [Fact]
    public void A_query_allocates_its_page_and_not_more_with_more_files()
    {
        var query = new FilesQuery(new CachedFilesFilter(Search: "file"), Order: FileOrder.CachedAt, Limit: 20);
        var (few, many) = (Allocated(1_000, query), Allocated(50_000, query));
        Assert.InRange(few, 1, 100_000);
        Assert.InRange(many, 1, few + 20_000);
    }

    [Fact]
    public void Paths_that_come_and_go_leave_no_memory_behind()
    {
        var users = new UserSets();
        var columns = new ShardColumns();
        for (var i = 0; i < 50_000; i++)
        {
            columns.Put(File(i), users.Of([]));
            if (i >= 1_000) columns.Remove(File(i - 1_000).Id.Value);
        }

        Assert.Equal(1_000, columns.Count);
        Assert.InRange(columns.Length, 1_000, 1_001);
        Assert.InRange(columns.Texts.Bytes.Length, 1_000 * PathLength, 4_000 * PathLength);
        for (var i = 49_000; i < 50_000; i++)
        {
            var row = columns.Find(File(i).Id.Value);
            Assert.Equal(File(i).FilePath, columns.Texts.Path(columns.Places[row]));
        }
    }

    private static long Allocated(int count, FilesQuery query)
    {
        var users = new UserSets();
        var shards = Fill(count, users).Select((columns, shard) =>
        {
            var index = new ShardIndex(shard, users);
            index.Publish(new LoadedShard(columns, 0, 0));
            return index;
        }).ToList();
        // The first runs compile.
        for (var i = 0; i < 3; i++) new PageQuery(query, shards, users).Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(query.Limit, new PageQuery(query, shards, users).Run().Files.Count);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static List<ShardColumns> Fill(int count, UserSets users)
    {
        var shards = Enumerable.Range(0, 64).Select(_ => new ShardColumns()).ToList();
        for (var i = 0; i < count; i++)
        {
            var file = File(i);
            shards[file.Id.Shard(shards.Count)].Put(file, users.Of(file.Users));
        }

        return shards;
    }

    private static CatalogueEntry File(int number)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/mnt/nas/media/series {number / 100}/season {number % 7}/file {number}").PadRight(PathLength - 4, 'x') + ".mkv";
        return new CatalogueEntry(
            CachedFileId.Of(path), path, "", CacheMethod.AtomicCopy, number, DateTimeOffset.UnixEpoch.AddSeconds(number), null, 0, CacheTrigger.Manual, null,
            [$"user{number % 100}"], FileStatus.Active, false);
    }
}
