using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Opened;

/// <summary>
/// Until when instances may have files of directories open, as storage knows it: in the row of a registered one, where who takes it away
/// sees it in the very row that it changes; and in <see cref="OpenMarks"/>, for who registers it meanwhile. Leases are no news, so no
/// operation tells of them; a notice of who writes one, which costs nothing, lets others choose something else from the beginning.
/// </summary>
internal sealed class OpenLeases(DirectoryStore store, DirectoryIndex index)
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(2);

    // Who may be reading in a directory that was only just registered.
    private const string Anybody = "*";

    private const int MaxAttempts = 50;

    private readonly OpenMarks _marks = new(store.Records, store.Ids);

    /// <summary>
    /// Before directories' rows are looked for: who registers one of them looks for marks when its row stands, so one of both sees the other.
    /// </summary>
    public Task MarkAsync(string instance, IEnumerable<DirectoryPath> directories, DateTimeOffset until) => _marks.WriteAsync(instance, directories, until);

    /// <summary>Writes a lease into a directory's row, if it has one. Safe to repeat: it only ever says until when.</summary>
    /// <exception cref="CacheException">Locked: it is being removed; Unavailable.</exception>
    public async Task WriteAsync(string instance, DirectoryPath path, DateTimeOffset until)
    {
        var isRegistered = await ChangeAsync(path, directory =>
        {
            if (directory.RemovedWith is not null) store.RequireFree(directory);
            return OpenBy.With(instance, until, directory.OpenBy, store.Now);
        });
        if (isRegistered) index.TellOpen(path);
    }

    /// <summary>
    /// A directory as its row is inserted: as if all instances read in it, until <see cref="RegisteredAsync"/> has found out who does. Should
    /// that never be, each of them has looked at the row when this is over.
    /// </summary>
    public CachedDirectory New(CachedDirectory directory) => directory with { OpenBy = OpenBy.With(Anybody, store.Now + Length, null, store.Now) };

    /// <summary>
    /// After a directory's row was inserted: who had files of it open before has a mark by now, and who opens one later sees the row. Two
    /// reads and a write. Safe to repeat: whatever it finds there stays.
    /// </summary>
    public async Task RegisteredAsync(DirectoryPath path)
    {
        try
        {
            var readers = await _marks.FindAsync(path, store.Now);
            await ChangeAsync(path, directory =>
            {
                var openBy = OpenBy.Without(Anybody, directory.OpenBy);
                foreach (var (instance, until) in readers) openBy = OpenBy.With(instance, until, openBy, store.Now);
                return openBy;
            });
        }
        catch (CacheException)
        {
            // It is registered. Until the lease for all is over it is only not evicted.
        }
    }

    /// <summary>For the cleaning: removes what marks are over.</summary>
    public Task PurgeAsync(CancellationToken cancellation) => _marks.PurgeAsync(store.Now, cancellation);

    /// <returns>Whether it is registered.</returns>
    private async Task<bool> ChangeAsync(DirectoryPath path, Func<CachedDirectory, string?> decide)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await store.FindAsync(path, CancellationToken.None) is not { } found) return false;
            try
            {
                var changed = found.Directory with { OpenBy = decide(found.Directory) };
                await store.Table.ReplaceSilentlyAsync(store.ShardOf(path), found.Row, DirectoryRows.Values(changed));
                return true;
            }
            catch (RowConflictException)
            {
                // Somebody has changed the row, perhaps to remove it.
            }
        }

        throw CacheException.Unavailable("Too many others are changing the same record. Try again.");
    }
}
