using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories;

/// <summary>
/// The right to work on one directory: in its row, by compare-and-swap, and over by itself when its owner has died. Its owner
/// renews it while it works, and stops when it is no longer its own.
/// </summary>
/// <param name="removes">Whether the work is a removal, which may go on with another's that was interrupted.</param>
internal sealed class DirectoryLock(DirectoryStore store, DirectoryPath path, string owner, bool removes = false)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // No single step of the work may take longer than what is left then.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(90);

    private DateTimeOffset _until;

    public string Owner => owner;

    /// <summary>A directory's row with this lock in it.</summary>
    /// <exception cref="CacheException">Locked: another works on it.</exception>
    public CachedDirectory Put(CachedDirectory directory)
    {
        // What is being removed and has lost its remover waits for the next one: nobody else may have it.
        store.RequireFree(directory.RemovedWith is not null && !directory.IsLocked(store.Now) && removes ? directory.Unlocked() : directory, owner);
        return directory with { LockOwner = owner, LockedUntil = _until = store.Now + Lease };
    }

    /// <summary>Before every step: renews the lock when it is about to end. Mostly no storage transaction.</summary>
    /// <exception cref="CacheException">Locked: another has taken it.</exception>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        if (_until - store.Now > RenewBefore) return;
        await store.ChangeAsync(
            path,
            "directory_lock_renewed",
            Trigger.System,
            directory => directory.LockOwner == owner ? (Put(directory), "the work goes on") : throw Lost(),
            cancellation);
    }

    private CacheException Lost() => new(ErrorCode.Locked, $"'{path}' is worked on by another instance.");
}
