using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>
/// Registers what lies in the store: one listing, one read for each level and one transaction, and two reads and a write for who reads in it
/// already. Registering again counts anew and is a use; the row stays one, so nothing counts twice. Where it counts other than before, the
/// directories that hold it are counted anew too.
/// </summary>
internal sealed class Registration(DirectoryStore store, DirectoryRoom room, Recount recount, OpenLeases leases)
{
    /// <summary>Safe to repeat.</summary>
    /// <param name="held">The lock under which files were brought there, which ends with this; null: none.</param>
    /// <param name="compress">Whether what is stored in it from then on is compressed; null: as it was.</param>
    /// <exception cref="CacheException">NotFound: nothing lies there; Locked: it is being worked on; QuotaExceeded: there is no room, so
    /// it is not registered, and its files stay as they are.</exception>
    public async Task<RegisteredDirectory> RegisterAsync(
        DirectoryPath path, Trigger trigger, DirectoryLock? held, bool? compress, CancellationToken cancellation)
    {
        var holders = await store.UseHoldersAsync(path, trigger, cancellation);
        var (size, count) = await store.CountAsync(path, cancellation);
        var registered = await WriteAsync(path, holders, size, count, trigger, held, compress, cancellation);
        // Its room is no longer reserved: for so long it would count twice.
        if (registered.IsNew) await leases.RegisteredAsync(path);
        return registered;
    }

    private async Task<RegisteredDirectory> WriteAsync(
        DirectoryPath path,
        IReadOnlyList<CachedDirectory> holders,
        long size,
        long count,
        Trigger trigger,
        DirectoryLock? held,
        bool? compress,
        CancellationToken cancellation)
    {
        // Until those that hold it count it too. Who has brought the files has the room already.
        using var reserved = held is null ? await room.ForRegistrationAsync(path, size, cancellation) : null;
        // What was not registered was counted by those that hold it as it came; unless it is compressed only now.
        var hasChanged = compress is true;
        var registered = await store.Table.UpdateAsync(
            store.ShardOf(path),
            async token =>
            {
                var (found, now) = (await store.FindAsync(path, token), store.Now);
                if (found is null && count == 0) throw Nothing(path);
                if (found is not null) store.RequireFree(found.Directory, held?.Owner);
                // A run that wakes late must not end another's lock.
                if (held is not null && found?.Directory.LockOwner != held.Owner) throw new CacheException(ErrorCode.Locked, $"'{path}' is worked on by another instance.");
                var before = found?.Directory ?? leases.New(new CachedDirectory(path.Text, 0, 0, now, now));
                var after = before.Unlocked() with { SizeBytes = size, FileCount = count, LastAccessed = Later(before.LastAccessed, now), Compressed = compress ?? before.Compressed };
                var isNew = found is null || held is not null;
                hasChanged |= held is not null || (found is not null && (before.SizeBytes, before.FileCount) != (size, count));
                var change = new Change()
                    .Put(DirectoryRows.Key(path.Text), found?.Row, DirectoryRows.Values(after))
                    .Log(DirectoryStore.Log(
                        isNew ? "directory_registered" : "directory_registered_again", after, trigger, $"{count} files with {size} bytes"));
                return new Decision<RegisteredDirectory>(change, new RegisteredDirectory(after, found is null));
            },
            cancellation);
        if (hasChanged && holders.Count > 0) await recount.RunAsync(holders[0], trigger, cancellation);
        return registered;
    }

    /// <summary>Says that what is stored in a registered directory from now on is compressed. One that is not registered is left alone.</summary>
    /// <exception cref="CacheException">Locked: it is being worked on.</exception>
    public Task MarkCompressedAsync(DirectoryPath path, Trigger trigger, CancellationToken cancellation) => store.Table.UpdateAsync(
        store.ShardOf(path),
        async token =>
        {
            if (await store.FindAsync(path, token) is not { } found || found.Directory.Compressed) return new Decision<bool>(null, false);
            store.RequireFree(found.Directory);
            var marked = found.Directory with { Compressed = true };
            var log = DirectoryStore.Log("directory_compression_begun", marked, trigger, "its files are stored compressed from now on");
            return new(new Change().Replace(found.Row, DirectoryRows.Values(marked)).Log(log), true);
        },
        cancellation);

    public static CacheException Nothing(DirectoryPath path) => CacheException.NotFound(
        $"Nothing lies in '{path}'. Store files with PUT /cache/content/{path}/… first, or bring a folder with ?from_origin=");

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <param name="Directory">null: its files are still being brought, by a job.</param>
/// <param name="IsNew">Whether it was not registered before.</param>
/// <param name="Pending">The job; null: all is done.</param>
public sealed record RegisteredDirectory(CachedDirectory? Directory, bool IsNew, Jobs.Job? Pending = null);
