using CacheFunctions.Catalogue.Index;
using CacheFunctions.Eviction;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Quota;

/// <summary>Says when cached files are evicted: above the high watermark, where there is no room, and by the hour; one instance at a time, under a lease.</summary>
internal sealed class FileEviction
{
    // How long an instance waits for another one's run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // After a run that could not reach the low watermark, since the rest is protected.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly CatalogueStore _store;
    private readonly CatalogueIndex _index;
    private readonly InFlight _inFlight;
    private readonly CatalogueSettings _settings;
    private readonly Func<EvictionLease, EvictionRun> _newRun;
    private readonly long _highBytes;
    private readonly EvictionControl _control;
    private readonly OneRun _run = new();
    private long _restsUntil;
    private bool _isBeside;

    public FileEviction(CatalogueStore store, CatalogueIndex index, Removal removal, InFlight inFlight, CatalogueSettings settings)
    {
        (_store, _index, _inFlight, _settings) = (store, index, inFlight, settings);
        _newRun = lease => new EvictionRun(store, index, removal, inFlight, settings, lease, _run.Tell);
        _highBytes = new Watermarks(settings.MaxBytes).HighBytes;
        _control = new EvictionControl(store.Files.Records, CatalogueStore.TableName, store.Time);
        // Several instances may have crossed the high watermark together, none of them knowing.
        index.Refreshed += StartIfAbove;
    }

    /// <summary>What is stored, as far as the index knows, and what this instance is copying.</summary>
    private long UseBytes => _index.StoredBytes + _inFlight.Bytes;

    private bool IsDue => UseBytes > _highBytes && _store.Now.UtcTicks >= Volatile.Read(ref _restsUntil);

    /// <summary>Above the high watermark begins to evict down to the low one, beside the requests. Again while it does so is fine.</summary>
    public void StartIfAbove()
    {
        if (IsDue && !Interlocked.Exchange(ref _isBeside, true)) Background.Start(BesideAsync);
    }

    /// <summary>Makes room for so many bytes more, at once, if all that may be evicted is enough for that; else evicts nothing.</summary>
    public async Task<RoomMade> MakeRoomAsync(long bytes)
    {
        // Whoever evicts already makes room for this one too: as soon as one more file is gone, it is tried again.
        var progress = _run.Progress;
        if (!_run.TryBegin())
        {
            await progress;
            return RoomMade.Perhaps;
        }

        try
        {
            if (UseBytes + bytes <= _settings.MaxBytes) return RoomMade.Perhaps;
            // Once begun it goes on for the others, whoever gives up.
            return await UnderLeaseAsync(async run => await run.EvictAsync(bytes, Trigger.System, CancellationToken.None) is null
                ? RoomMade.Impossible
                : RoomMade.Perhaps) ?? RoomMade.ByAnotherInstance;
        }
        finally
        {
            _run.End();
        }
    }

    /// <summary>For the timer: expired files go first, then what the quota demands.</summary>
    /// <returns>How many; none while another instance is at it.</returns>
    public async Task<(int Expired, int Evicted)> CleanUpAsync(CancellationToken cancellation)
    {
        await _run.BeginAsync(cancellation);
        try
        {
            return await UnderLeaseAsync(async run =>
                (await run.ExpireAsync(cancellation), await run.EvictAsync(0, Trigger.Timer, cancellation) ?? 0)) ?? (0, 0);
        }
        finally
        {
            _run.End();
        }
    }

    private async Task BesideAsync()
    {
        try
        {
            for (var until = _store.Now + Patience; IsDue && _store.Now < until;)
            {
                if (await TryBesideAsync()) continue;
                // Another instance evicts, and perhaps does not know of what this one has written.
                await Task.Delay(Look, _store.Time);
                await _index.RefreshAsync(exact: false, CancellationToken.None);
            }
        }
        catch (Exception)
        {
            // The next look at the index tries it again, and so does the hourly timer.
        }
        finally
        {
            Volatile.Write(ref _isBeside, false);
        }
    }

    /// <returns>Whether this instance did it; false: another one is at it.</returns>
    private async Task<bool> TryBesideAsync()
    {
        await _run.BeginAsync(CancellationToken.None);
        try
        {
            return !IsDue || await UnderLeaseAsync(async run => await run.EvictAsync(0, Trigger.System, CancellationToken.None) ?? 0) is not null;
        }
        finally
        {
            _run.End();
        }
    }

    /// <returns>null: another instance has the lease.</returns>
    private async Task<T?> UnderLeaseAsync<T>(Func<EvictionRun, Task<T>> work) where T : struct
    {
        if (await _control.TryTakeAsync(CancellationToken.None) is not { } lease) return null;
        try
        {
            var run = _newRun(lease);
            var result = await work(run);
            if (run.IsExhausted) Volatile.Write(ref _restsUntil, (_store.Now + Rest).UtcTicks);
            return result;
        }
        finally
        {
            await lease.ReleaseAsync();
        }
    }
}

/// <summary>What became of the wish for room.</summary>
internal enum RoomMade
{
    /// <summary>There may be room now.</summary>
    Perhaps,
    ByAnotherInstance,

    /// <summary>All that may be evicted is not enough, so nothing was.</summary>
    Impossible,
}
