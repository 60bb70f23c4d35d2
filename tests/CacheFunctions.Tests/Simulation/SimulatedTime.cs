namespace CacheFunctions.Tests.Simulation;

/// <summary>A clock that stands still until it is moved to its next timer.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private readonly List<SimulatedTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <returns>Whether there was a timer to move to.</returns>
    public bool Advance()
    {
        var next = _timers.Where(timer => timer.Due is not null).MinBy(timer => timer.Due);
        if (next is null) return false;
        if (next.Due > _now) _now = next.Due.Value;
        next.Fire();
        return true;
    }

    private sealed class SimulatedTimer : ITimer
    {
        private readonly SimulatedTime _time;
        private readonly Action _callback;
        private TimeSpan _period;

        public SimulatedTimer(SimulatedTime time, Action callback)
        {
            _time = time;
            _callback = callback;
            time._timers.Add(this);
        }

        public DateTimeOffset? Due { get; private set; }

        public void Fire()
        {
            Due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : Due + _period;
            _callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : _time._now + dueTime;
            _period = period;
            return true;
        }

        public void Dispose() => _time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
