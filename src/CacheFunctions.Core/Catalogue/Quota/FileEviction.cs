using CacheFunctions.Catalogue.Index;
using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Quota;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>Says when cached files are evicted or expire.</summary>
internal sealed class FileEviction : QuotaEviction
{
    private readonly CatalogueStore _store;
    private readonly CatalogueIndex _index;
    private readonly Removal _removal;
    private readonly CatalogueSettings _settings;

    public FileEviction(CatalogueStore store, CatalogueIndex index, Removal removal, CatalogueSettings settings)
        : base(store.Files.Records, CatalogueStore.TableName, new Watermarks(settings.MaxBytes), settings.EvictionPolicy, store.Time)
    {
        (_store, _index, _removal, _settings) = (store, index, removal, settings);
        // Several instances may have crossed the high watermark together, none of them knowing.
        index.Refreshed += StartIfAbove;
    }

    protected override long StoredBytes => _index.StoredBytes;

    /// <summary>For the timer: expired files go first, then what the quota demands.</summary>
    /// <returns>How many; none while another instance is at it.</returns>
    public async Task<(int Expired, int Evicted)> CleanUpAsync(CancellationToken cancellation) =>
        await RunAsync(
            async run => (await ((EvictionRun)run).ExpireAsync(cancellation), await run.EvictAsync(0, Trigger.Timer, cancellation) ?? 0),
            cancellation) ?? (0, 0);

    public override Task RefreshAsync(bool exact, CancellationToken cancellation) => _index.RefreshAsync(exact, cancellation);

    protected override QuotaRun NewRun(EvictionLease lease, Action progress) =>
        new EvictionRun(_store, _index, _removal, this, _settings, lease, progress);
}
