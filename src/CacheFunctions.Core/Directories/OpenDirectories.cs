using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>
/// While a file is read or written, no directory that holds it is evicted or expires, whichever instance serves it. In a directory's row
/// stands until when an instance may have files of it open; who takes it away sees that in the very row that it changes. One lease
/// serves all that the instance opens there, so most openings cost no storage transaction. A lease of who has died ends by itself.
/// </summary>
internal sealed class OpenDirectories(DirectoryStore store, DirectoryIndex index)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // What is opened shortly before the end of its lease is still open when it is renewed.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    private const int MaxAttempts = 50;

    private readonly string _instance = store.Ids.Next();
    private readonly SingleFlight<Guid, bool> _flights = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Known> _known = [];
    private ITimer? _timer;

    // How often what this instance held was given away.
    private long _givenAway;

    /// <summary>
    /// No storage transaction if something was opened there in the last minute; else a read for each level, and a write for each
    /// registered directory. One that is registered while the file is open is held once this instance knows of it, within a minute.
    /// </summary>
    /// <returns>To be disposed of when the file is closed.</returns>
    /// <exception cref="CacheException">Locked: a directory that holds it is being removed.</exception>
    public async Task<IDisposable> OpenAsync(DirectoryPath file, CancellationToken cancellation)
    {
        var holders = file.Ancestors.ToList();
        // Counted before the lease is looked at: who gives it away looks in the other order, so one of both sees the other.
        var opened = Count(holders);
        try
        {
            while (!AreHeld(holders)) await _flights.RunAsync(holders[^1].Id, () => HoldAsync(holders), cancellation);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Whether somebody has a file of it open, as far as this instance knows: of others up to seven seconds later.</summary>
    public bool IsOpen(CachedDirectory directory)
    {
        var id = DirectoryPath.Stored(directory.Path).Id;
        lock (_lock)
            if (_known.TryGetValue(id, out var known) && known.Files > 0) return true;
        return index.OpenAt(id) + Lease > store.Now;
    }

    /// <summary>
    /// For who is about to take a directory away, in the transaction that does so: whether the row as it was read there allows it.
    /// From this call on, who opens something in it here looks at the row, too.
    /// </summary>
    public bool MayTake(CachedDirectory row)
    {
        var id = DirectoryPath.Stored(row.Path).Id;
        lock (_lock)
        {
            _givenAway++;
            if (_known.TryGetValue(id, out var known))
            {
                if (known.Files > 0) return false;
                _known.Remove(id);
            }
        }

        return !OpenBy.IsAnyBut(_instance, row.OpenBy, store.Now);
    }

    private Opened Count(List<DirectoryPath> holders)
    {
        lock (_lock)
        {
            foreach (var holder in holders)
            {
                if (!_known.TryGetValue(holder.Id, out var known)) _known[holder.Id] = known = new Known(holder);
                known.Files++;
            }

            Arm();
        }

        return new Opened(this, holders);
    }

    private bool AreHeld(List<DirectoryPath> holders)
    {
        var least = store.Now + RenewBefore;
        lock (_lock) return holders.TrueForAll(holder => _known.TryGetValue(holder.Id, out var known) && IsHeld(known, least));
    }

    /// <summary>Until then at least, unless it was registered since, as far as this instance knows.</summary>
    private bool IsHeld(Known known, DateTimeOffset until) => known.Until > until && (known.HasRow || index.Find(known.Path)?.RegisteredAt == known.RegisteredThen);

    private async Task<bool> HoldAsync(IReadOnlyList<DirectoryPath> directories)
    {
        await Task.WhenAll(directories.Select(HoldAsync));
        return true;
    }

    /// <summary>
    /// Writes the lease into the row, if there is one. Safe to repeat: it only ever says until when. It is no news, so no operation
    /// tells of it; its own notice, which costs nothing, lets others choose something else from the beginning.
    /// </summary>
    private async Task HoldAsync(DirectoryPath path)
    {
        var (until, given) = (store.Now + Lease, Volatile.Read(ref _givenAway));
        var (hasRow, registered) = (false, index.Find(path)?.RegisteredAt);
        for (var attempt = 0; ; attempt++)
        {
            if (await store.FindAsync(path, CancellationToken.None) is not { } found) break;
            hasRow = true;
            if (found.Directory.RemovedWith is not null) store.RequireFree(found.Directory);
            try
            {
                var held = found.Directory with { OpenBy = OpenBy.With(_instance, until, found.Directory.OpenBy, store.Now) };
                await store.Table.ReplaceSilentlyAsync(store.ShardOf(path), found.Row, DirectoryRows.Values(held));
                index.TellOpen(path);
                break;
            }
            catch (RowConflictException) when (attempt < MaxAttempts)
            {
                // Somebody has changed the row, perhaps to remove it.
            }
        }

        lock (_lock)
            if (given == _givenAway && _known.TryGetValue(path.Id, out var known)) (known.Until, known.HasRow, known.RegisteredThen) = (until, hasRow, registered);
    }

    private void Arm() => (_timer ??= store.Time.CreateTimer(_ => Background.Start(RenewAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan))
        .Change(RenewEvery, Timeout.InfiniteTimeSpan);

    private async Task RenewAsync()
    {
        List<DirectoryPath> ending;
        lock (_lock)
        {
            foreach (var (id, known) in _known)
                if (known.Files == 0 && known.Until <= store.Now) _known.Remove(id);
            if (_known.Count == 0) return;
            ending = [.. _known.Values.Where(known => known.Files > 0 && !IsHeld(known, store.Now + RenewBefore)).Select(known => known.Path)];
        }

        try
        {
            await HoldAsync(ending);
        }
        catch (CacheException)
        {
            // Tried again, several times before the lease ends.
        }

        lock (_lock) Arm();
    }

    private void Close(List<DirectoryPath> holders)
    {
        lock (_lock)
            foreach (var holder in holders) _known[holder.Id].Files--;
    }

    private sealed class Known(DirectoryPath path)
    {
        public DirectoryPath Path => path;

        public int Files { get; set; }

        /// <summary>Until when this instance is in the row; or there was none, when it was looked for two minutes before.</summary>
        public DateTimeOffset Until { get; set; }

        public bool HasRow { get; set; }

        /// <summary>What the index knew before the row was looked for.</summary>
        public DateTimeOffset? RegisteredThen { get; set; }
    }

    private sealed class Opened(OpenDirectories all, List<DirectoryPath> holders) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isOver, true)) all.Close(holders);
        }
    }
}
