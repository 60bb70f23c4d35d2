using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Eviction.Quota;

/// <summary>
/// Keeps a cache of stored things within its quota: says when things are evicted (above the high watermark, where there is no room,
/// and by the hour; one instance at a time, under a lease), and reserves room. What is stored is known from the cache's index, so that
/// costs no pass and no storage transaction but the index's own; all instances together exceed the quota by what they write
/// within two seconds, and have in flight, at the most.
/// </summary>
internal abstract class QuotaEviction
{
    // How long an instance waits for another one's run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // The same for one who waits for room.
    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RoomLook = TimeSpan.FromMilliseconds(250);

    // After a run that could not reach the low watermark, since the rest is protected.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly EvictionControl _control;
    private readonly TimeProvider _time;
    private readonly OneRun _run = new();
    private long _restsUntil;
    private bool _isBeside;
    private volatile bool _isStopping;

    /// <param name="cache">Its name, which its control row has.</param>
    protected QuotaEviction(IRecordStore records, string cache, Watermarks marks, string policy, TimeProvider time)
    {
        (Cache, Marks, Policy, _time) = (cache, marks, policy, time);
        _control = new EvictionControl(records, cache, time);
    }

    public string Cache { get; }

    public Watermarks Marks { get; }

    public string Policy { get; }

    /// <summary>What is being brought in.</summary>
    public InFlight InFlight { get; } = new();

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>What is stored, as far as the index knows, and what this instance is bringing in.</summary>
    public long UseBytes => StoredBytes + InFlight.Bytes;

    protected abstract long StoredBytes { get; }

    /// <summary>Whether a run is to break off after what it has begun.</summary>
    public bool IsStopping => _isStopping;

    private bool IsDue => !_isStopping && UseBytes > Marks.HighBytes && Now.UtcTicks >= Volatile.Read(ref _restsUntil);

    public abstract Task RefreshAsync(bool exact, CancellationToken cancellation);

    protected abstract QuotaRun NewRun(EvictionLease lease, Action progress);

    /// <summary>Above the high watermark begins to evict down to the low one, beside the requests. Again while it does so is fine.</summary>
    public void StartIfAbove()
    {
        if (IsDue && !Interlocked.Exchange(ref _isBeside, true)) Background.Start(BesideAsync);
    }

    /// <summary>Lets a run that is under way break off and its lease go; no other is begun.</summary>
    /// <param name="cancellation">Ends the waiting: the lease runs out by itself.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _isStopping = true;
        // The turn is taken and never given back.
        await _run.BeginAsync(cancellation).WaitAsync(cancellation).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>
    /// Reserves room; what needs no more has it also above the quota. Waits for evictions only where there is none without them. Above the high watermark one begins beside the requests.
    /// </summary>
    /// <param name="thing">What needs it, which meanwhile is not evicted itself.</param>
    /// <param name="refused">What to say if all that may be evicted is not enough.</param>
    /// <returns>To be disposed of once it is recorded, or given up.</returns>
    /// <exception cref="CacheException">As <paramref name="refused"/>; Unavailable: another instance is still making room.</exception>
    public async Task<IDisposable> ReserveAsync(Guid thing, long bytes, Func<CacheException> refused, CancellationToken cancellation)
    {
        // So that room for what replaces something is not made by evicting that.
        using var itself = InFlight.TryAdd(thing, 0, static _ => true);
        for (var until = Now + RoomPatience; ;)
        {
            if (InFlight.TryAdd(thing, bytes, all => bytes == 0 || StoredBytes + all <= Marks.QuotaBytes) is { } reserved)
            {
                StartIfAbove();
                return reserved;
            }

            switch (await MakeRoomAsync(bytes, cancellation))
            {
                case RoomMade.Impossible:
                    throw refused();
                case RoomMade.ByAnotherInstance when Now >= until:
                    throw CacheException.Unavailable("The cache is full, and another instance is making room. Try again.");
                case RoomMade.ByAnotherInstance:
                    await Task.Delay(RoomLook, _time, cancellation);
                    await RefreshAsync(exact: false, cancellation);
                    break;
            }
        }
    }

    /// <summary>What the policy asked to be remembered; null: nothing. One read.</summary>
    protected Task<string?> ReadRememberedAsync(CancellationToken cancellation) => _control.RememberedAsync(cancellation);

    /// <summary>Carries a run out when this instance has none, under the lease.</summary>
    /// <returns>null: another instance has the lease.</returns>
    protected async Task<T?> RunAsync<T>(Func<QuotaRun, Task<T>> work, CancellationToken cancellation) where T : struct
    {
        await _run.BeginAsync(cancellation);
        try
        {
            return await UnderLeaseAsync(work);
        }
        finally
        {
            _run.End();
        }
    }

    /// <summary>Makes room for so many bytes more, at once, if all that may be evicted is enough for that; else evicts nothing.</summary>
    private async Task<RoomMade> MakeRoomAsync(long bytes, CancellationToken cancellation)
    {
        // Whoever evicts already makes room for this one too: as soon as one more thing is gone, it is tried again.
        var progress = _run.Progress;
        if (!_run.TryBegin())
        {
            await progress.WaitAsync(cancellation);
            return RoomMade.Perhaps;
        }

        try
        {
            if (UseBytes + bytes <= Marks.QuotaBytes) return RoomMade.Perhaps;
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

    private async Task BesideAsync()
    {
        var until = Now + Patience;
        try
        {
            while (IsDue && Now < until)
            {
                var evicted = await RunAsync(
                    async run => IsDue ? await run.EvictAsync(0, Trigger.System, CancellationToken.None) ?? 0 : 0, CancellationToken.None);
                if (evicted is not null) continue;
                // Another instance evicts, and perhaps does not know of what this one has written.
                await Task.Delay(Look, _time);
                await RefreshAsync(exact: false, CancellationToken.None);
            }
        }
        catch (Exception)
        {
            // The next look at the index tries it again, and so does the hourly timer.
            until = DateTimeOffset.MinValue;
        }

        Volatile.Write(ref _isBeside, false);
        // Who crossed the mark a moment ago has found this still going on.
        if (Now < until) StartIfAbove();
    }

    private async Task<T?> UnderLeaseAsync<T>(Func<QuotaRun, Task<T>> work) where T : struct
    {
        if (await _control.TryTakeAsync(CancellationToken.None) is not { } lease) return null;
        try
        {
            var run = NewRun(lease, _run.Tell);
            var result = await work(run);
            if (run.IsExhausted) Volatile.Write(ref _restsUntil, (Now + Rest).UtcTicks);
            return result;
        }
        finally
        {
            await lease.ReleaseAsync();
        }
    }

    private enum RoomMade
    {
        /// <summary>There may be room now.</summary>
        Perhaps,
        ByAnotherInstance,

        /// <summary>All that may be evicted is not enough, so nothing was.</summary>
        Impossible,
    }
}
