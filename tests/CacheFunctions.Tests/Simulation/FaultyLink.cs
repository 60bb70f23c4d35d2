using CacheFunctions.Errors;
using CacheFunctions.Storage;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Sessions;

namespace CacheFunctions.Tests.Simulation;

/// <summary>
/// One instance's way to storage and disks, which fails as the real one does: before the effect, after it (the reply
/// is lost), or so that the effect comes late, after the caller was told of a failure. The client's own retries show
/// as a second delivery. A dead instance does nothing any more, but what it had sent may still arrive.
/// </summary>
internal sealed class FaultyLink(SimulatedWorld world, Faults faults) : Link
{
    private const int MaxSlowSeconds = 240;
    private const int MaxLateSeconds = 60;

    private DateTimeOffset _asleepUntil;

    public bool IsDead { get; private set; }

    public void Die() => IsDead = true;

    public override async Task<T> ReadAsync<T>(Func<Task<T>> call)
    {
        await PauseAsync();
        MayFail();
        var result = await call();
        RequireAlive();
        return result;
    }

    public override async Task<T> WriteAsync<T>(Func<Task<T>> call, bool maybeTwice)
    {
        await PauseAsync();
        MayFail();
        if (Chance(faults.Fail) || Chance(faults.Die / 2))
        {
            _ = LateAsync(call);
            if (Chance(0.5) && faults.Die > 0) Die();
            RequireAlive();
            throw CacheException.Unavailable("The request is still under way.");
        }

        var result = await call();
        // The client's retry of a request whose first reply was lost.
        if (maybeTwice && Chance(faults.Fail)) result = await call();
        MayFail();
        await PauseAsync();
        return result;
    }

    private async Task LateAsync<T>(Func<Task<T>> call)
    {
        await Task.Delay(TimeSpan.FromSeconds(world.Random.Next(MaxLateSeconds)), world.Time);
        try
        {
            await call();
        }
        catch (Exception error) when (error is RowConflictException or CacheException)
        {
            // As it would have been answered; nobody listens.
        }
    }

    private async Task PauseAsync()
    {
        RequireAlive();
        for (var i = world.Random.Next(3); i > 0; i--) await Task.Yield();
        if (faults.Latency > TimeSpan.Zero && Chance(0.3)) await Task.Delay(faults.Latency * world.Random.NextDouble(), world.Time);
        if (Chance(faults.Slow)) await SlowAsync(TimeSpan.FromSeconds(world.Random.Next(MaxSlowSeconds)));
        if (_asleepUntil - world.Time.GetUtcNow() is var left && left > TimeSpan.Zero) await Task.Delay(left, world.Time);
        RequireAlive();
    }

    /// <summary>The call alone is slow; or the whole instance stands still, its heartbeats too, and goes on as if nothing had been.</summary>
    private Task SlowAsync(TimeSpan duration)
    {
        if (Chance(0.5)) return Task.Delay(duration, world.Time);
        _asleepUntil = world.Time.GetUtcNow() + duration;
        return Task.CompletedTask;
    }

    private void MayFail()
    {
        if (Chance(faults.Die)) Die();
        RequireAlive();
        if (Chance(faults.Fail)) throw CacheException.Unavailable("Storage did not answer.");
    }

    private void RequireAlive()
    {
        if (IsDead) throw new InstanceDiedException();
    }

    private bool Chance(double chance) => chance > 0 && world.Random.NextDouble() < chance;
}
