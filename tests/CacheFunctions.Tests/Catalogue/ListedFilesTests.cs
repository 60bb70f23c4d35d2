using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Security;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>Lists keep rows that they have shown, and never longer than these are true.</summary>
public sealed class ListedFilesTests : IAsyncLifetime
{
    private static readonly FilesQuery All = new(new CachedFilesFilter());

    private readonly ManualTime _time = new();
    private readonly MemoryContentStore _contents = new();
    private readonly PausingStore _store = new(new MemoryRecordStore());

    public Task InitializeAsync() => _contents.WriteAsync("cache", "copy", new MemoryStream([1]), 1, default);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_row_that_changes_while_it_is_read_is_not_kept()
    {
        await using var instance = new CatalogueInstance(_store, _contents, _time);
        var id = await AddAsync(instance, 1);
        _store.Pause();
        var listing = instance.Service.GetCachedFilesAsync(Caller.Machine, All);
        await _store.Reached;
        await instance.Service.RemoveCachedFileAsync(Caller.Machine, id, "test");
        await AddAsync(instance, 2);
        _store.Release();
        await listing;
        Assert.Equal(2, await ListedAsync(instance));
    }

    [Fact]
    public async Task A_row_that_another_instance_changed_is_read_again_once_the_index_knows()
    {
        await using var one = new CatalogueInstance(_store, _contents, _time);
        await using var other = new CatalogueInstance(_store, _contents, _time);
        var id = await AddAsync(one, 1);
        Assert.Equal(1, await ListedAsync(other));
        await one.Service.RemoveCachedFileAsync(Caller.Machine, id, "test");
        await AddAsync(one, 2);
        Assert.Equal(2, await ListedAsync(other, consistent: true));
        Assert.Equal(2, await ListedAsync(other));
    }

    [Fact]
    public async Task A_row_that_was_listed_is_not_read_again()
    {
        await using var instance = new CatalogueInstance(_store, _contents, _time);
        await AddAsync(instance, 1);
        await ListedAsync(instance);
        var reads = _store.Reads;
        await ListedAsync(instance);
        Assert.Equal(reads, _store.Reads);
    }

    private static async Task<CachedFileId> AddAsync(CatalogueInstance instance, int version) =>
        (await instance.Service.AddCachedFileAsync(
            Caller.Machine, new AddCachedFile("/a", CachedPath: "/cache/copy", Metadata: $$"""{"version":{{version}}}"""))).File!.Id;

    private static async Task<int> ListedAsync(CatalogueInstance instance, bool consistent = false)
    {
        var file = Assert.Single((await instance.Service.GetCachedFilesAsync(Caller.Machine, All, consistent)).Files);
        return System.Text.Json.JsonDocument.Parse(file.Metadata!).RootElement.GetProperty("version").GetInt32();
    }

    /// <summary>Holds back what the next read of a file's row has found.</summary>
    private sealed class PausingStore(MemoryRecordStore inner) : IRecordStore
    {
        private TaskCompletionSource? _reached;
        private TaskCompletionSource? _released;

        public int Reads { get; private set; }

        public Task Reached => _reached!.Task;

        public void Pause() => (_reached, _released) = (New(), New());

        public void Release() => _released!.SetResult();

        public async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
        {
            var row = await inner.GetAsync(table, partition, key, cancellation);
            if (!key.StartsWith("f|", StringComparison.Ordinal)) return row;
            Reads++;
            if (_reached?.TrySetResult() == true) await _released!.Task;
            return row;
        }

        public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, int? take, CancellationToken cancellation) =>
            inner.QueryAsync(table, partition, range, take, cancellation);

        public Task CommitAsync(string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation) =>
            inner.CommitAsync(table, partition, changes, cancellation);

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
