using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>
/// Takes directories out of the cache. With its files: the row is marked first, and those of the directories in it; then the
/// files go, then the rows, its own last. So a removal that was interrupted anywhere is found by its mark and ended.
/// </summary>
internal sealed class DirectoryRemoval(DirectoryStore store, DirectoryIndex index)
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
    /// <param name="only">Whether it, and each directory in it, may go as it stands now; null: whatever stands there.</param>
    /// <param name="owner">Who does so: the same again goes on at once, another once the lock has ended.</param>
    /// <returns>The directory as it was; null: it was gone already.</returns>
    /// <exception cref="CacheException">Conflict: it, or a directory in it, is pinned or may not go; Locked: one of them is worked on.</exception>
    public async Task<CachedDirectory?> RemoveAsync(
        DirectoryPath path, string reason, Predicate<CachedDirectory>? only, string owner, Trigger trigger, CancellationToken cancellation)
    {
        var own = new DirectoryLock(store, path, owner, removes: true);
        CachedDirectory directory;
        try
        {
            directory = await MarkAsync(path, path, reason, only, own, trigger, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return null;
        }

        var marked = new List<DirectoryPath>();
        try
        {
            // After the mark: whoever registers a directory in it from now on is refused. Whoever did so a moment ago has noted
            // it in the row as a use, which is no hindrance only to who takes whatever stands there.
            foreach (var inner in await index.InAsync(path, exact: only is null, cancellation))
            {
                var innerPath = DirectoryPath.Stored(inner.Path);
                await MarkAsync(innerPath, path, reason, only, new DirectoryLock(store, innerPath, owner, removes: true), trigger, cancellation);
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
        foreach (var inner in marked) await DeleteRowAsync(inner, $"with '{path}': {reason}", owner, trigger, cancellation);
        if (await DeleteRowAsync(path, directory.RemovalReason!, owner, trigger, cancellation))
            await store.GrowAsync(path, "directory_shrunk", -directory.SizeBytes, -directory.FileCount, trigger, cancellation);
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
        string reason,
        Predicate<CachedDirectory>? only,
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
                if (directory.RemovedWith is null && only?.Invoke(directory) == false) throw new CacheException(ErrorCode.Conflict, $"'{directory.Path}' is in use again.");
                return (own.Put(directory) with { RemovedWith = with.Text, RemovalReason = directory.RemovalReason ?? reason }, reason);
            },
            cancellation);

    private async Task DeleteFilesAsync(DirectoryPath path, DirectoryLock own, CancellationToken cancellation)
    {
        var some = new List<string>();
        await foreach (var item in store.Contents.ListAsync(ContentName.Directories, path.Prefix, cancellation))
        {
            some.Add(item.Name);
            if (some.Count == DeletesAtOnce) await DeleteAsync(some, own, cancellation);
        }

        await DeleteAsync(some, own, cancellation);
    }

    private async Task DeleteAsync(List<string> names, DirectoryLock own, CancellationToken cancellation)
    {
        await own.KeepAsync(cancellation);
        await Task.WhenAll(names.Select(name => store.Contents.DeleteAsync(ContentName.Directories, name, cancellation)));
        names.Clear();
    }

    private Task<bool> DeleteRowAsync(DirectoryPath path, string reason, string owner, Trigger trigger, CancellationToken cancellation) =>
        store.Table.UpdateAsync(
            store.ShardOf(path),
            async token => await store.FindAsync(path, token) is { } found && found.Directory.LockOwner == owner
                ? new Decision<bool>(
                    new Change().Delete(found.Row).Log(DirectoryStore.Log("directory_removed", found.Directory, trigger, reason, isGone: true)), true)
                : new Decision<bool>(null, false),
            cancellation);

    private static void RequireUnpinned(CachedDirectory directory)
    {
        if (directory.Pinned)
            throw new CacheException(ErrorCode.Conflict, $"'{directory.Path}' is pinned. Unpin it with DELETE /cache/pins/{directory.Path}");
    }
}
