using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Catalogue;

/// <summary>One instance of the catalogue's service, without origins: copies that lie in the cache are recorded.</summary>
internal sealed class CatalogueInstance : IAsyncDisposable
{
    private readonly CatalogueIndex _index;
    private readonly Notices _notices;
    private readonly HitCounters _hits;

    public CatalogueInstance(IRecordStore records, MemoryContentStore contents, TimeProvider time)
    {
        var store = new CatalogueStore(new RecordTable(records, CatalogueStore.TableName, 4, time), contents, new CacheContainer(null), contents, null, new OriginSet([], null), time);
        _notices = new Notices(records, CatalogueStore.TableName, time);
        _index = store.CreateIndex(records, _notices);
        _hits = new HitCounters(records, time);
        Service = new CachedFilesService(store, new JobRunner(new JobStore(records, time), time), new CatalogueSettings(), _index, _notices, _hits);
    }

    public CachedFilesService Service { get; }

    public async ValueTask DisposeAsync()
    {
        _index.Dispose();
        await _hits.DisposeAsync();
        await _notices.DisposeAsync();
    }
}
