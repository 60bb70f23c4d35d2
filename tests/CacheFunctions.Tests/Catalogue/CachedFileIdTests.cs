using CacheFunctions.Catalogue;

namespace CacheFunctions.Tests.Catalogue;

public sealed class CachedFileIdTests
{
    [Fact]
    public void An_id_is_a_version_8_uuid_that_its_path_alone_decides()
    {
        var id = CachedFileId.Of("nas\na.txt");
        Assert.Equal(id, CachedFileId.Of("nas\na.txt"));
        Assert.NotEqual(id, CachedFileId.Of("nas\nb.txt"));
        Assert.Equal('8', id.ToString()[14]);
        Assert.Contains(id.ToString()[19], "89ab");
        Assert.True(CachedFileId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
    }

    [Fact]
    public void Ids_spread_evenly_over_the_shards()
    {
        var counts = new int[64];
        for (var i = 0; i < 64_000; i++) counts[CachedFileId.Of($"nas\n{i}").Shard(64)]++;
        Assert.All(counts, count => Assert.InRange(count, 800, 1200));
    }

    [Theory]
    [InlineData(FileStatus.Active, FileStatus.Removed, true)]
    [InlineData(FileStatus.Orphaned, FileStatus.Active, true)]
    [InlineData(FileStatus.PendingRemoval, FileStatus.Orphaned, false)]
    [InlineData(FileStatus.Removed, FileStatus.Active, true)]
    [InlineData(FileStatus.Removed, FileStatus.Orphaned, false)]
    [InlineData(FileStatus.Removed, FileStatus.PendingRemoval, false)]
    public void Only_certain_moves_between_statuses_are_possible(FileStatus from, FileStatus to, bool possible) =>
        Assert.Equal(possible, from.MayBecome(to));
}
