using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Errors;
using CacheFunctions.Eviction;
using CacheFunctions.Eviction.Quota;
using CacheFunctions.Eviction.Stored;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories.Quota;

/// <summary>One run over directories, one after the other: each has many files, which go side by side.</summary>
/// <param name="progress">Told of each directory that is gone.</param>
internal sealed class DirectoryEvictionRun(
    DirectoryStore store,
    DirectoryIndex index,
    DirectoryRemoval removal,
    OpenDirectories open,
    DirectoryEviction eviction,
    EvictionLease lease,
    Action progress)
    : QuotaRun(eviction, lease)
{
    private readonly string _owner = store.Ids.Next();
    private ChosenDirectories? _chosen;

    public Action<CachedDirectory, string>? Evicted { get; set; }

    protected override async Task<(Choice Chosen, long EvictableBytes)> ChooseAsync(
        StoredPolicy policy, long bytes, Func<StoredItem, bool> mayGo, CancellationToken cancellation)
    {
        var evictable = new Evictable(
            await index.AllAsync(exact: false, cancellation),
            store.Now,
            directory => IsHeld(directory) || Evictable.Item(directory) is var item && (IsKept(item.Id) || !mayGo(item)));
        _chosen = evictable.Choose(policy, bytes, ItemsPerPass);
        return (_chosen.Choice, evictable.Bytes);
    }

    protected override async Task<int> EvictAsync(Choice chosen, long useBytes, Trigger trigger, CancellationToken cancellation)
    {
        var reasons = _chosen!.Reasons(useBytes, eviction.Marks.QuotaBytes, store.Now);
        var count = 0;
        for (var i = 0; i < chosen.Victims.Count; i++)
        {
            var victim = _chosen.Victims[i];
            var order = new RemovalOrder(reasons.Text(i), "directory_evicted", reasons.Metadata(i)) { Only = row => IsUnchanged(row, victim) };
            if (await TryEvictAsync(victim, order, trigger, cancellation)) count++;
            else Keep(chosen.Victims[i].Id);
            // One may have many files.
            if (!HasTime || !await RenewAsync()) break;
        }

        return count;
    }

    private async Task<bool> TryEvictAsync(CachedDirectory victim, RemovalOrder order, Trigger trigger, CancellationToken cancellation)
    {
        try
        {
            // With what instances have told since the run began.
            await index.RefreshAsync(exact: false, cancellation);
            if (await removal.RemoveAsync(DirectoryPath.Stored(victim.Path), order, _owner, trigger, cancellation) is not { } gone) return false;
            Evicted?.Invoke(gone, order.Reason);
            progress();
            return true;
        }
        catch (CacheException error) when (error.Code is ErrorCode.Conflict or ErrorCode.Locked or ErrorCode.NotFound)
        {
            // Used, pinned or taken up by another meanwhile: others go in its place.
            return false;
        }
    }

    private bool IsHeld(CachedDirectory directory) =>
        eviction.InFlight.Holds(DirectoryPath.Stored(directory.Path).Id) || open.IsOpen(directory);

    /// <summary>Whether a directory is still what it was chosen as: nobody has used or changed it, or registered it anew.</summary>
    private bool IsUnchanged(CachedDirectory row, CachedDirectory chosen)
    {
        // One in it may go with it only because it holds nothing.
        if (row.Path != chosen.Path) return row.SizeBytes == 0 && !IsHeld(row);
        var now = index.WithTouches(row);
        return !IsHeld(row) && now.LastAccessed <= chosen.LastAccessed && now.AccessCount <= chosen.AccessCount
            && now.RegisteredAt == chosen.RegisteredAt && now.SizeBytes == chosen.SizeBytes;
    }
}
