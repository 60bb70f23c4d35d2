using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Opened;

/// <summary>
/// While a file is read or written, no directory that holds it is evicted or expires, whichever instance serves it, and also if it is
/// registered only meanwhile. One lease serves all that the instance opens there, so most openings cost no storage transaction. A lease
/// of who has died ends by itself.
/// </summary>
internal sealed class OpenDirectories(DirectoryStore store, DirectoryIndex index, OpenLeases leases)
{
    // What is opened shortly before the end of its lease is still open when it is renewed.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(15);

    private readonly string _instance = store.Ids.Next();
    private readonly SingleFlight<Guid, bool> _flights = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Known> _known = [];
    private ITimer? _timer;
    private bool _isRenewing;

    // How often what this instance held was given away.
    private long _givenAway;

    /// <summary>
    /// No storage transaction if something was opened there in the last minute; else a write, a read for each level, and a write for
    /// each registered directory.
    /// </summary>
    /// <returns>To be disposed of when the file is closed.</returns>
    /// <exception cref="CacheException">Locked: a directory that holds it is being removed; Unavailable.</exception>
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
        return index.OpenAt(id) + OpenLeases.Length > store.Now;
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

            // Not again for each: what is opened all the time would put the renewal of what was opened first off for ever.
            if (!_isRenewing) Arm();
            _isRenewing = true;
        }

        return new Opened(this, holders);
    }

    private bool AreHeld(List<DirectoryPath> holders)
    {
        lock (_lock) return holders.TrueForAll(holder => _known.TryGetValue(holder.Id, out var known) && IsHeld(known));
    }

    private bool IsHeld(Known known) => known.Until > store.Now + RenewBefore;

    private async Task<bool> HoldAsync(IReadOnlyList<DirectoryPath> directories)
    {
        var (until, given) = (store.Now + OpenLeases.Length, Volatile.Read(ref _givenAway));
        await leases.MarkAsync(_instance, directories, until);
        await Task.WhenAll(directories.Select(async path =>
        {
            await leases.WriteAsync(_instance, path, until);
            lock (_lock)
                if (given == _givenAway && _known.TryGetValue(path.Id, out var known)) known.Until = until;
        }));
        return true;
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
            _isRenewing = _known.Count > 0;
            if (!_isRenewing) return;
            ending = [.. _known.Values.Where(known => known.Files > 0 && !IsHeld(known)).Select(known => known.Path)];
        }

        try
        {
            await HoldAsync(ending);
        }
        catch (Exception)
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

        /// <summary>Until when storage says that this instance may have files of it open.</summary>
        public DateTimeOffset Until { get; set; }
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
