using System.Buffers.Binary;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

public sealed class SnapshotTests
{
    private readonly IndexWorld _world = new(shards: 2);
    private readonly RandomFiles _random = new(51);

    [Fact]
    public async Task A_snapshot_is_made_when_the_log_has_grown_and_not_again_before()
    {
        await using var instance = _world.Start();
        await FillAsync(instance, 400);
        Assert.Equal(0, await instance.Index.RenewSnapshotsAsync(default));
        await FillAsync(instance, 1_200);
        Assert.Equal(2, await instance.Index.RenewSnapshotsAsync(default));
        Assert.Equal(0, await instance.Index.RenewSnapshotsAsync(default));
        Assert.Equal(2, _world.Contents.Names("system").Count());
    }

    [Fact]
    public async Task A_loaded_snapshot_and_its_tail_are_the_catalogue()
    {
        await using var instance = _world.Start();
        var files = await FillAsync(instance, 1_500);
        await instance.Index.RenewSnapshotsAsync(default);
        foreach (var file in files.Take(50)) await instance.PurgeAsync(file);
        for (var i = 50; i < 100; i++) await instance.PutAsync(files[i] = _random.Changed(files[i]));
        await using var late = _world.Start();
        await AssertSameAsync(files.Skip(50), late);
        // The notices; for each shard the end of its log and what follows the snapshot; one more look in turn. Not the rows.
        Assert.InRange(late.Store.Queries, 5, 6);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(20, false)]
    [InlineData(45, false)]
    [InlineData(60, false)]
    [InlineData(30_000, false)]
    [InlineData(0, true)]
    [InlineData(20, true)]
    [InlineData(48, true)]
    [InlineData(30_000, true)]
    public async Task A_damaged_snapshot_heals(int at, bool cut)
    {
        await using var instance = _world.Start();
        var files = await FillAsync(instance, 2_500);
        await instance.Index.RenewSnapshotsAsync(default);
        await _world.DamageAsync(1, at, cut);
        await using (var late = _world.Start()) await AssertSameAsync(files, late);

        // Written anew, so the next one need not read all rows.
        var users = new UserSets();
        var healed = await new SnapshotStore(_world.Records, _world.Contents, "catalogue", users).ReadAsync(1, default);
        Assert.NotNull(healed);
    }

    [Fact]
    public async Task A_missing_snapshot_heals()
    {
        await using var instance = _world.Start();
        var files = await FillAsync(instance, 2_500);
        await instance.Index.RenewSnapshotsAsync(default);
        await _world.Contents.DeleteAsync("system", "catalogue/00", default);
        await using var late = _world.Start();
        await AssertSameAsync(files, late);
        Assert.Equal(2, _world.Contents.Names("system").Count());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public async Task A_snapshot_of_another_schema_or_shard_is_refused(int schema, int shard)
    {
        var users = new UserSets();
        var loaded = new LoadedShard(new ShardColumns(), 7, 8);
        var bytes = await BytesAsync(SnapshotFormat.Write(shard, loaded, users));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), schema);
        var unsigned = bytes[..SnapshotHeader.Length];
        unsigned.AsSpan(44).Clear();
        var checksum = new Crc32C();
        checksum.Append(unsigned);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(44), checksum.Value);
        await Assert.ThrowsAsync<InvalidDataException>(() => SnapshotFormat.ReadAsync(new MemoryStream(bytes), 0, users, default));
    }

    [Fact]
    public async Task An_older_snapshot_that_lands_last_is_right_too()
    {
        await using var instance = _world.Start();
        var files = await FillAsync(instance, 1_200);
        await instance.Index.RenewSnapshotsAsync(default);
        await using var stream = await _world.Contents.OpenReadAsync("system", "catalogue/00", 0, null, default);
        var old = await BytesAsync(stream!);
        for (var i = 0; i < files.Count; i++) await instance.PutAsync(files[i] = _random.Changed(files[i]));
        await instance.Index.RenewSnapshotsAsync(default);
        await _world.Contents.WriteAsync("system", "catalogue/00", new MemoryStream(old), old.Length, default);
        await using var late = _world.Start();
        await AssertSameAsync(files, late);
    }

    [Fact]
    public async Task Holes_are_not_written()
    {
        var users = new UserSets();
        var columns = new ShardColumns();
        var files = Enumerable.Range(0, 500).Select(_random.File).ToList();
        foreach (var file in files) columns.Put(file, users.Of(file.Users));
        foreach (var file in files.Take(300)) columns.Remove(file.Id.Value);
        var others = new UserSets();
        var read = await SnapshotFormat.ReadAsync(SnapshotFormat.Write(0, new LoadedShard(columns, 1, 2), users), 0, others, default);
        Assert.Equal((200, 200, 1, 2), (read.Columns.Length, read.Columns.Count, read.Sequence, read.Notices));
        foreach (var file in files.Skip(300))
        {
            var row = read.Columns.Find(file.Id.Value);
            Assert.Equal(file.FilePath, read.Columns.Texts.Path(read.Columns.Places[row]));
            Assert.Equal(file.Users, others.Users(read.Columns.Users[row]));
        }
    }

    [Fact]
    public void The_checksum_is_the_standard_one()
    {
        var checksum = new Crc32C();
        checksum.Append("1234"u8);
        checksum.Append("56789"u8);
        Assert.Equal(0xE3069283, checksum.Value);
    }

    private static async Task<byte[]> BytesAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static async Task AssertSameAsync(IEnumerable<CatalogueEntry> files, IndexWorld.Instance instance)
    {
        Assert.Equal(
            NaiveCatalogue.Matches(files, IndexWorld.Everything).Select(file => (file.Id, file.FilePath, file.SizeBytes, file.Status, string.Join(';', file.Users))),
            (await instance.AllAsync()).Select(file => (file.Id, file.FilePath, file.SizeBytes, file.Status, string.Join(';', file.Users))));
        Assert.Equal(files.Where(file => file.Stored).Sum(file => file.SizeBytes), instance.Index.StoredBytes);
    }

    private async Task<List<CatalogueEntry>> FillAsync(IndexWorld.Instance instance, int count)
    {
        var files = Enumerable.Range(0, count).Select(_random.File).ToList();
        foreach (var file in files) await instance.PutAsync(file);
        return files;
    }
}
