namespace CacheFunctions.Tests.Simulation;

/// <summary>One instance's clock: it goes wrong by an offset and too fast or too slow; its timers fire at the world's pace.</summary>
/// <param name="drift">Seconds that it gains a second.</param>
internal sealed class SkewedTime(TimeProvider world, TimeSpan offset, double drift) : TimeProvider
{
    private readonly DateTimeOffset _start = world.GetUtcNow();

    public override long TimestampFrequency => world.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        var now = world.GetUtcNow();
        return now + offset + (now - _start) * drift;
    }

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.CreateTimer(callback, state, dueTime, period);
}
