using System.Net;

namespace CacheFunctions.Client;

/// <summary>
/// Renews a lock each time that a third of its life has passed. Lives are measured by the service's clock and waited for by this one, so it
/// does not matter how far the two are apart.
/// </summary>
internal sealed class LockRenewal : IAsyncDisposable
{
    private readonly LocksClient _locks;
    private readonly TimeProvider _time;
    private readonly string _sessionId;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _running;
    private bool _isEnding;

    /// <param name="at">The service's time when it gave the lock.</param>
    /// <param name="asked">This clock's timestamp before it was asked for.</param>
    public LockRenewal(LocksClient locks, TimeProvider time, string sessionId, SessionLock grant, DateTimeOffset at, long asked)
    {
        (_locks, _time, _sessionId, Fence) = (locks, time, sessionId, grant.Fence);
        _running = RunAsync(grant.ExpiresAt - at, asked, _ended.Token);
    }

    public long Fence { get; }

    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether its session is being ended: then a lock that is gone is not lost.</summary>
    public bool IsEnding { get => Volatile.Read(ref _isEnding); set => Volatile.Write(ref _isEnding, value); }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _running;
        _ended.Dispose();
    }

    /// <param name="start">Before the request, so that the lock is never believed for longer than it is held.</param>
    private async Task RunAsync(TimeSpan life, long start, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(life / 3, _time, ended);
                while (true)
                {
                    var asked = _time.GetTimestamp();
                    var (renewed, isLost) = await TryAsync(life - _time.GetElapsedTime(start), ended);
                    if (renewed is { } next)
                    {
                        (life, start) = (next, asked);
                        break;
                    }

                    var left = life - _time.GetElapsedTime(start);
                    if (isLost || left <= TimeSpan.Zero)
                    {
                        if (!IsEnding) await _lost.CancelAsync();
                        return;
                    }

                    await Task.Delay(left < life / 20 ? left : life / 20, _time, ended);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The session has ended.
        }
    }

    /// <param name="left">How long the lock is still held for certain.</param>
    private async Task<(TimeSpan? Life, bool IsLost)> TryAsync(TimeSpan left, CancellationToken ended)
    {
        if (left <= TimeSpan.Zero) return (null, true);
        using var late = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, late.Token);
        try
        {
            var answer = await _locks.RenewTimedAsync(_sessionId, Fence, null, either.Token);
            return (answer.Data.ExpiresAt - answer.Timestamp, false);
        }
        catch (CacheApiException error)
        {
            return (null, error.Status is HttpStatusCode.PreconditionFailed or HttpStatusCode.Locked or HttpStatusCode.NotFound or HttpStatusCode.Conflict);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ended.IsCancellationRequested))
        {
            return (null, false);
        }
    }
}
