namespace CacheFunctions.Events;

/// <summary>For how long a stream may go on: no longer than the proof of identity with which it was opened. Its reader comes again with another.</summary>
internal sealed class Validity : IDisposable
{
    // Timers know no more than 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly CancellationTokenSource _over;

    /// <param name="until">null: for ever.</param>
    public Validity(DateTimeOffset? until, TimeProvider time)
    {
        var left = until - time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        if (until is not null) left = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, Longest.Ticks));
        _over = new CancellationTokenSource(left, time);
    }

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Over => _over.Token;

    public void Dispose() => _over.Dispose();
}
