namespace CacheFunctions.Timers;

/// <summary>The right to run one timer. It renews itself; disposing it lets another process lead at once.</summary>
public interface ITimerLead : IAsyncDisposable
{
    /// <summary>Cancelled before another process can lead.</summary>
    CancellationToken Lost { get; }

    /// <returns>Null: the timer has never run.</returns>
    Task<TimerSchedule?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Fails when another process leads.</summary>
    Task WriteAsync(TimerSchedule schedule, CancellationToken cancellationToken);
}
