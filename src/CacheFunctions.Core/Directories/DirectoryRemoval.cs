using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>
/// Takes directories out of the cache. With its files: the row is marked first, and those of the directories in it; then the
/// files go, then the rows, its own last. So a removal that was interrupted anywhere is found by its mark and ended.
/// </summary>
internal sealed class DirectoryRemoval(DirectoryStore store, DirectoryIndex index, OpenDirectories open)
{
    private const int DeletesAtOnce = 16;

    /// <summary>Takes it out of the records; its files stay, and so do directories in it.</summary>
    /// <exception cref="CacheException">NotFound; Conflict: it is pinned; Locked.</exception>
    public Task<CachedDirectory> ForgetAsync(DirectoryPath path, string reason, Trigger trigger, CancellationToken cancellation) =>
        store.Table.UpdateAsync(
            store.ShardOf(path),
            async token =>
            {
                var (row, directory) = await store.GetAsync(path, token);
                store.RequireFree(directory);
                RequireUnpinned(directory);
                return new Decision<CachedDirectory>(
                    new Change().Delete(row).Log(DirectoryStore.Log("directory_forgotten", directory, trigger, reason, isGone: true)), directory);
            },
            cancellation);

    /// <summary>Removes it with all its files and the directories in it. Safe to repeat until it is gone.</summary>
    /// <param name="owner">Who does so: the same again goes on at once, another once the lock has ended.</param>
    /// <returns>The directory as it was; null: it was gone already.</returns>
    /// <exception cref="CacheException">Conflict: it, or a directory in it, is pinned or may not go; Locked: one of them is worked on.</exception>
    public async Task<CachedDirectory?> RemoveAsync(
        DirectoryPath path, RemovalOrder order, string owner, Trigger trigger, CancellationToken cancellation)
    {
        var own = new DirectoryLock(store, path, owner, removes: true);
        CachedDirectory directory;
        try
        {
            directory = await MarkAsync(path, path, order, own, trigger, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }

        var marked = new List<DirectoryPath>();
        try
        {
            if (order.Only is not null) await RequireUnpinnedHoldersAsync(path, cancellation);
            // After the mark: whoever registers a directory in it from now on is refused. Whoever did so a moment ago has noted
            // it in the row as a use, which is no hindrance only to who takes whatever stands there.
            foreach (var inner in await index.InAsync(path, exact: order.Only is null, cancellation))
            {
                var innerPath = DirectoryPath.Stored(inner.Path);
                await MarkAsync(innerPath, path, order, new DirectoryLock(store, innerPath, owner, removes: true), trigger, cancellation);
                marked.Add(innerPath);
            }
        }
        catch (CacheException error) when (error.Code is ErrorCode.Conflict or ErrorCode.Locked)
        {
            // Nothing is deleted yet.
            foreach (var each in marked.Append(path)) await UnmarkAsync(each, owner, trigger);
            throw;
        }

        await DeleteFilesAsync(path, own, cancellation);
        foreach (var inner in marked) await DeleteRowAsync(inner, path, owner, trigger, cancellation);
        if (await DeleteRowAsync(path, path, owner, trigger, cancellation))
            await store.GrowAsync(path, "directory_shrunk", -directory.SizeBytes, -directory.FileCount, isUse: false, trigger, cancellation);
        return directory;
    }

    /// <summary>Ends a removal of another directory that was given up, or died, before it deleted anything in this one.</summary>
    public Task UnmarkAsync(DirectoryPath path, string owner, Trigger trigger) => store.ChangeAsync(
        path,
        "directory_removal_given_up",
        trigger,
        directory => directory.LockOwner == owner ? (directory.Unlocked(), "nothing was removed") : null,
        CancellationToken.None);

    private Task<CachedDirectory> MarkAsync(
        DirectoryPath path,
        DirectoryPath with,
        RemovalOrder order,
        DirectoryLock own,
        Trigger trigger,
        CancellationToken cancellation) =>
        store.ChangeAsync(
            path,
            "directory_removal_begun",
            trigger,
            directory =>
            {
                RequireUnpinned(directory);
                // What is being removed already has lost files perhaps.
                if (directory.RemovedWith is null && order.Only is { } only && !(open.MayTake(directory) && only(directory)))
                    throw new CacheException(ErrorCode.Conflict, $"'{directory.Path}' is in use again.");
                // An interrupted removal is ended as it was begun.
                var marked = directory.RemovalReason is null
                    ? directory with { RemovalReason = order.Reason, RemovalType = order.Type, RemovalMetadata = order.Metadata }
                    : directory;
                var (reason, type, metadata) = (marked.RemovalReason, marked.RemovalType, marked.RemovalMetadata);
                return (own.Put(marked) with { RemovedWith = with.Text, RemovalReason = reason, RemovalType = type, RemovalMetadata = metadata }, order.Reason);
            },
            cancellation);

    private async Task DeleteFilesAsync(DirectoryPath path, DirectoryLock own, CancellationToken cancellation)
    {
        var some = new List<string>();
        await foreach (var item in store.Blobs.ListAsync(path.Prefix, cancellation))
        {
            some.Add(item.Name);
            if (some.Count == DeletesAtOnce) await DeleteAsync(some, own, cancellation);
        }

        await DeleteAsync(some, own, cancellation);
    }

    private async Task DeleteAsync(List<string> names, DirectoryLock own, CancellationToken cancellation)
    {
        await own.KeepAsync(cancellation);
        await Task.WhenAll(names.Select(name => store.Blobs.DeleteAsync(name, cancellation)));
        names.Clear();
    }

    private Task<bool> DeleteRowAsync(DirectoryPath path, DirectoryPath with, string owner, Trigger trigger, CancellationToken cancellation) =>
        store.Table.UpdateAsync(
            store.ShardOf(path),
            async token =>
            {
                if (await store.FindAsync(path, token) is not { } found || found.Directory.LockOwner != owner) return new Decision<bool>(null, false);
                var reason = path == with ? found.Directory.RemovalReason! : $"with '{with}': {found.Directory.RemovalReason}";
                var operation = DirectoryStore.Log(found.Directory.RemovalType ?? RemovalOrder.Removed, found.Directory, trigger, reason, isGone: true);
                return new Decision<bool>(new Change().Delete(found.Row).Log(operation with { Metadata = found.Directory.RemovalMetadata }), true);
            },
            cancellation);

    /// <summary>A directory around it that is pinned keeps all that lies in it. Asked after the mark: who pins from then on comes too late.</summary>
    private async Task RequireUnpinnedHoldersAsync(DirectoryPath path, CancellationToken cancellation)
    {
        foreach (var holder in await store.HoldersAsync(path, cancellation)) RequireUnpinned(holder);
    }

    private static void RequireUnpinned(CachedDirectory directory)
    {
        if (directory.Pinned)
            throw new CacheException(ErrorCode.Conflict, $"'{directory.Path}' is pinned. Unpin it with DELETE /cache/pins/{directory.Path}");
    }
}

/// <summary>Why a directory is removed.</summary>
/// <param name="Type">What the log calls it.</param>
/// <param name="Metadata">What the log adds, as JSON; null: nothing.</param>
internal sealed record RemovalOrder(string Reason, string Type = RemovalOrder.Removed, string? Metadata = null)
{
    public const string Removed = "directory_removed";

    /// <summary>Whether it, and each directory in it, may go as it stands now, unless it is open; null: whatever stands there, in whatever.</summary>
    public Predicate<CachedDirectory>? Only { get; init; }
}
