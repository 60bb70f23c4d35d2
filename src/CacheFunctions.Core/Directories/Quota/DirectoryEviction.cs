using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Quota;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories.Quota;

/// <summary>Says when directories are evicted.</summary>
internal sealed class DirectoryEviction : QuotaEviction
{
    private readonly DirectoryStore _store;
    private readonly DirectoryIndex _index;
    private readonly DirectoryRemoval _removal;
    private readonly OpenDirectories _open;

    public DirectoryEviction(DirectoryStore store, DirectoryIndex index, DirectoryRemoval removal, OpenDirectories open, DirectorySettings settings)
        : base(store.Records, DirectoryStore.TableName, new Watermarks(settings.MaxBytes, settings.EvictionThreshold), settings.EvictionPolicy, store.Time)
    {
        (_store, _index, _removal, _open) = (store, index, removal, open);
        // Several instances may have crossed the high watermark together, none of them knowing.
        if (settings.Enabled) index.Refreshed += StartIfAbove;
    }

    protected override long StoredBytes => _index.StoredBytes;

    /// <summary>For the cleaning: what the quota demands.</summary>
    /// <param name="evicted">Told of each directory that is gone, and why.</param>
    public Task CleanUpAsync(Trigger trigger, Action<CachedDirectory, string> evicted, CancellationToken cancellation) => RunAsync(
        async run =>
        {
            ((DirectoryEvictionRun)run).Evicted = evicted;
            return await run.EvictAsync(0, trigger, cancellation) ?? 0;
        },
        cancellation);

    /// <summary>What a run would evict now if only these were there, and why. Changes nothing. One read.</summary>
    public async Task<IReadOnlyList<(CachedDirectory Directory, string Reason)>> PlanAsync(
        IReadOnlyList<CachedDirectory> directories, CancellationToken cancellation)
    {
        var tree = new DirectoryTree(directories);
        var use = tree.TotalBytes;
        var policy = StoredPolicies.Create(Policy, await ReadRememberedAsync(cancellation));
        var chosen = new Evictable(tree, _store.Now, _open.IsOpen).Choose(policy, use - Marks.LowBytes, int.MaxValue);
        var reasons = chosen.Reasons(use, Marks.QuotaBytes, _store.Now);
        return [.. chosen.Victims.Select((victim, i) => (victim, reasons.Text(i)))];
    }

    public override Task RefreshAsync(bool exact, CancellationToken cancellation) => _index.RefreshAsync(exact, cancellation);

    protected override QuotaRun NewRun(EvictionLease lease, Action progress) =>
        new DirectoryEvictionRun(_store, _index, _removal, _open, this, lease, progress);
}
