namespace CacheFunctions.Settings;

/// <summary>When a timer is due, in UTC.</summary>
/// <param name="Expression">As written.</param>
/// <param name="IsInterval">Whether it counts from the last run; else it keeps to the clock.</param>
/// <param name="Next">The first instant after the one given.</param>
public sealed record Schedule(string Expression, bool IsInterval, Func<DateTimeOffset, DateTimeOffset> Next)
{
    /// <param name="lastRun">null: not known.</param>
    /// <returns>null: it cannot be known.</returns>
    public DateTimeOffset? NextAfter(DateTimeOffset now, DateTimeOffset? lastRun)
    {
        var next = !IsInterval ? Next(now) : lastRun is { } last ? Next(last) : (DateTimeOffset?)null;
        // A run that is overdue comes at once.
        return next == DateTimeOffset.MaxValue ? null : next < now ? now : next;
    }
}
