namespace CacheFunctions.Tests;

/// <summary>A clock that stands still until a test moves it. Timers fire while it is moved, each at its own instant.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _pending = [];
    private readonly List<(DateTimeOffset Due, TaskCompletionSource Armed)> _awaited = [];
    private DateTimeOffset _now = start;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    public void AdvanceTo(DateTimeOffset instant)
    {
        while (TakeDue(instant) is { } timer) timer.Fire();
    }

    /// <summary>
    /// Done when something waits for this instant: then the code under test has come to rest, and the clock may be moved.
    /// </summary>
    public Task ArmedForAsync(DateTimeOffset due)
    {
        lock (_lock)
        {
            if (_pending.Exists(timer => timer.Due == due)) return Task.CompletedTask;
            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((due, armed));
            return armed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Waits for what goes on beside the test.</summary>
    /// <param name="advance">How far the clock is moved each time that it is looked at.</param>
    public async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan advance = default)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            if (await isSo()) return;
            Advance(advance);
            await Task.Delay(10);
        }

        Assert.Fail("It did not come about in 10 s.");
    }

    private Timer? TakeDue(DateTimeOffset until)
    {
        lock (_lock)
        {
            var first = _pending.MinBy(timer => timer.Due);
            if (first is null || first.Due > until)
            {
                // At once: what is armed from here on counts from the new instant.
                _now = until;
                return null;
            }

            if (first.Due > _now) _now = first.Due;
            if (first.Period is { } period) first.Due += period;
            else _pending.Remove(first);
            return first;
        }
    }

    private void Arm(Timer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _pending.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan) return;
            timer.Due = _now + dueTime;
            timer.Period = period > TimeSpan.Zero ? period : null;
            _pending.Add(timer);
            foreach (var (_, armed) in _awaited.Where(awaited => awaited.Due == timer.Due)) armed.TrySetResult();
            _awaited.RemoveAll(awaited => awaited.Due == timer.Due);
        }
    }

    private sealed class Timer(ManualTime time, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan? Period { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Arm(this, dueTime, period);
            return true;
        }

        public void Dispose() => time.Arm(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
