using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Operations;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Catalogue.Index;

/// <summary>One storage, and instances of the service that come and go.</summary>
internal sealed class IndexWorld(int shards = 4)
{
    public ManualTime Time { get; } = new();

    public MemoryRecordStore Records { get; } = new();

    public MemoryContentStore Contents { get; } = new();

    public int Shards => shards;

    public Instance Start() => new(this);

    /// <summary>Writes one byte of a snapshot anew, or cuts it there.</summary>
    public async Task DamageAsync(int shard, int at, bool cut)
    {
        var name = $"catalogue/{Shard.Partition(shard)}";
        await using var stream = await Contents.OpenReadAsync("system", name, 0, null, default);
        using var copy = new MemoryStream();
        await stream!.CopyToAsync(copy);
        var bytes = copy.ToArray();
        if (cut) bytes = bytes[..at];
        else bytes[at] ^= 1;
        await Contents.WriteAsync("system", name, new MemoryStream(bytes), bytes.Length, default);
    }

    /// <summary>One instance: its table, its notices, its index.</summary>
    internal sealed class Instance : IAsyncDisposable
    {
        private readonly RecordTable _table;

        public Instance(IndexWorld world)
        {
            Store = new CountingRecordStore(world.Records);
            _table = new RecordTable(Store, "catalogue", world.Shards, world.Time);
            Notices = new Notices(Store, "catalogue", world.Time);
            Index = new CatalogueIndex(
                Store, world.Contents, _table, row => CatalogueEntry.Read(row.Values.RequiredText("entry")), Notices, world.Time);
        }

        public CountingRecordStore Store { get; }

        public Notices Notices { get; }

        public RecordTable Table => _table;

        public CatalogueIndex Index { get; }

        public Task PutAsync(CatalogueEntry entry) => WriteAsync(entry, "file_cached");

        public Task PurgeAsync(CatalogueEntry entry) => WriteAsync(entry with { Removed = true }, "file_purged");

        /// <summary>An operation that changes nothing that the index holds.</summary>
        public Task LogAsync(CatalogueEntry entry) => _table.CommitAsync(
            entry.Id.Shard(_table.ShardCount), new Change().Log(Operation("access_failed", entry)));

        public async Task<IReadOnlyList<IndexedFile>> AllAsync(bool exact = false) =>
            (await Index.PageAsync(Everything, exact, default)).Files;

        /// <summary>Calls so far, when those beside the requests are done too.</summary>
        public async Task<int> CallsAsync()
        {
            while (Index.IsRefreshingBeside) await Task.Yield();
            return Store.Queries + Store.Others;
        }

        public async ValueTask DisposeAsync()
        {
            await Notices.DisposeAsync();
            Index.Dispose();
        }

        private Task<bool> WriteAsync(CatalogueEntry entry, string type)
        {
            var shard = entry.Id.Shard(_table.ShardCount);
            return _table.UpdateAsync(
                shard,
                async cancellation =>
                {
                    var row = await _table.GetAsync(shard, "f|" + entry.Id, cancellation);
                    var change = new Change().Log(Operation(type, entry) with { State = entry.Write() });
                    if (!entry.Removed) change.Put("f|" + entry.Id, row, new RowValues { { "entry", entry.Write() } });
                    else if (row is not null) change.Delete(row);
                    return new Decision<bool>(change, true);
                },
                default);
        }

        private static Operation Operation(string type, CatalogueEntry entry) =>
            new(type, entry.Id.ToString(), entry.FilePath, "user", null, "test");
    }

    public static FilesQuery Everything { get; } = new(new CachedFilesFilter(), Limit: 1_000_000, IncludeRemoved: true);
}
