using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Storage.Accounts;
using CacheFunctions.Storage.Contents;
using CacheFunctions.Storage.Records;
using CacheFunctions.Tests;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>The index on the real protocols: logs, notices, snapshots.</summary>
public sealed class CatalogueIndexTests
{
    private const int Shards = 2;

    private static readonly FilesQuery All = new(new CachedFilesFilter(), Limit: 10_000);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Instances_agree_within_two_seconds_and_a_warm_list_costs_one_call()
    {
        var connection = await StorageEmulator.NewAccountAsync();
        await using var one = new Instance(connection, _time);
        await using var other = new Instance(connection, _time);
        Assert.Empty((await other.Index.PageAsync(All, false, default)).Files);
        await one.PutAsync(File(1));
        one.Notices.Touch(File(1).Id);
        await one.Notices.SendAsync(default);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(1, Assert.Single((await other.Index.PageAsync(All, false, default)).Files).AccessCount);

        _time.Advance(TimeSpan.FromSeconds(1.5));
        var count = other.Transactions.BeginRequest();
        await other.Index.PageAsync(All, false, default);
        Assert.Equal((1, 0), (count.Tables, count.Blobs));
        await other.Index.StatisticsAsync(null, null, false, default);
        Assert.Equal(1, count.Tables);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_is_loaded_and_a_damaged_one_heals(bool damaged)
    {
        var connection = await StorageEmulator.NewAccountAsync();
        await using var one = new Instance(connection, _time);
        await Task.WhenAll(Enumerable.Range(0, 1_400).Select(number => one.PutAsync(File(number))));
        Assert.Equal(Shards, await one.Index.RenewSnapshotsAsync(default));
        Assert.Equal(0, await one.Index.RenewSnapshotsAsync(default));
        // Not one byte of it is left.
        if (damaged) await one.Contents.WriteAsync("system", "catalogue/00", Stream.Null, 0, default);
        await one.PutAsync(File(2_000));

        await using var late = new Instance(connection, _time);
        var page = await late.Index.PageAsync(All, false, default);
        Assert.Equal(
            Enumerable.Range(0, 1_400).Append(2_000).Select(number => File(number).FilePath).Order(StringComparer.Ordinal),
            page.Files.Select(file => file.FilePath).Order(StringComparer.Ordinal));
        Assert.Equal(2, late.Transactions.Total[StorageCall.BlobRead]);
    }

    private static CatalogueEntry File(int number)
    {
        var path = $"/mnt/nas/films/é {number}.mkv";
        return new CatalogueEntry(
            CachedFileId.Of(path), path, path, CacheMethod.AtomicCopy, number, DateTimeOffset.UnixEpoch, null, 0, CacheTrigger.Manual, "u", ["u"], FileStatus.Active, false);
    }

    private sealed class Instance : IAsyncDisposable
    {
        private readonly RecordTable _table;

        public Instance(string connection, TimeProvider time)
        {
            var account = new StorageAccount(new StorageSettings(connection), Transactions);
            var store = new TableRecordStore(account);
            Contents = new BlobContentStore(account, TimeProvider.System);
            _table = new RecordTable(store, "catalogue", Shards, TimeProvider.System);
            Notices = new Notices(store, "catalogue", time);
            Index = new CatalogueIndex(store, Contents, _table, row => CatalogueEntry.Read(row.Values.RequiredText("entry")), Notices, time);
        }

        public StorageTransactions Transactions { get; } = new();

        public BlobContentStore Contents { get; }

        public Notices Notices { get; }

        public CatalogueIndex Index { get; }

        public Task<long> PutAsync(CatalogueEntry file) => _table.CommitAsync(
            file.Id.Shard(Shards),
            new Change()
                .Insert("f|" + file.Id, new RowValues { { "entry", file.Write() } })
                .Log(new Operation("file_cached", file.Id.ToString(), file.FilePath, "user", null, "test", State: file.Write())));

        public async ValueTask DisposeAsync()
        {
            await Notices.DisposeAsync();
            Index.Dispose();
        }
    }
}
