using CacheFunctions.Jobs;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>The time as it is, but whoever waits as long as a caller does has waited at once: what may go on as a job does.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isPatience = dueTime <= Patience.Length && dueTime > Patience.Length - TimeSpan.FromSeconds(2);
        // At once and not a moment later, by which the work could be done.
        if (isPatience) callback(state);
        return base.CreateTimer(callback, state, isPatience ? Timeout.InfiniteTimeSpan : dueTime, period);
    }
}
