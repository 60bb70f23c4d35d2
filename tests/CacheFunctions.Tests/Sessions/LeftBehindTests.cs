using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

/// <summary>An instance dies at every single step of a write back; the next to come ends that write before anything else.</summary>
public sealed class LeftBehindTests
{
    // More than any write back takes; the loops end when the instance outlives its work.
    private const int MoreThanAllSteps = 200;

    [Fact]
    public Task A_lock_is_granted_to_a_new_session_only_after_the_write_was_ended() => AtEveryStepAsync(
        OnConflict.Fail,
        async (world, first) =>
        {
            var second = await world.OpenAsync("a.txt", "bob", lockIt: true);
            AssertEnded(world);
            await world.SaveAsync(second, "bob's");
            // The origin is what the second session has copied, so there is no conflict.
            await world.SyncAsync(second);
            Assert.Equal("bob's", world.Get("a.txt"));
        });

    [Fact]
    public Task A_lock_is_granted_to_another_session_only_after_the_write_was_ended() => AtEveryStepAsync(
        OnConflict.Fail,
        async (world, first) =>
        {
            var second = await world.OpenAsync("a.txt", "bob");
            await world.Service.AcquireLockAsync(Caller.Machine, second.Id);
            AssertEnded(world);
        });

    [Fact]
    public Task The_work_is_discarded_only_after_the_write_was_ended() => AtEveryStepAsync(
        OnConflict.Overwrite,
        async (world, session) =>
        {
            var before = (await world.InfoAsync(session)).Conflict;
            await world.SyncAsync(session, OnConflict.Discard);
            if (before is null) return;
            AssertEnded(world);
            Assert.False((await world.InfoAsync(session)).Dirty);
            Assert.Equal(world.Get("a.txt"), await world.ReadAsync(session));
        },
        ConflictAsync);

    [Fact]
    public Task An_overwrite_of_what_was_kept_as_a_copy_is_ended_by_the_timer() => AtEveryStepAsync(
        OnConflict.Overwrite,
        async (world, session) =>
        {
            Assert.Empty((await world.Service.RunFrequentAsync()).Failed);
            AssertEnded(world);
            Assert.False((await world.InfoAsync(session)).Dirty);
            Assert.Contains(world.Get("a.txt"), new[] { "mine", "theirs" });
        },
        async (world, session) =>
        {
            await ConflictAsync(world, session);
            await world.SyncAsync(session, OnConflict.KeepBoth);
        });

    private static async Task ConflictAsync(SessionWorld world, Session session)
    {
        world.Put("a.txt", "theirs");
        await Assert.ThrowsAsync<Errors.CacheException>(() => world.SyncAsync(session));
    }

    private static async Task AtEveryStepAsync(
        OnConflict onConflict,
        Func<SessionWorld, Session, Task> check,
        Func<SessionWorld, Session, Task>? arrange = null)
    {
        for (var step = 1; step < MoreThanAllSteps; step++)
        {
            using var world = new SessionWorld();
            world.Put("a.txt", "old");
            var session = await world.OpenAsync("a.txt");
            await world.SaveAsync(session, "mine");
            if (arrange is not null) await arrange(world, session);
            var death = new Death(step);
            try
            {
                await world.NewInstance(death: death).SyncToNasAsync(Caller.Machine, session.Id, onConflict);
            }
            catch (InstanceDiedException)
            {
                // As meant.
            }

            world.Time.Advance(TimeSpan.FromMinutes(5));
            await check(world, session);
            if (!death.HasDied) return;
        }

        Assert.Fail("The instance never outlived its work.");
    }

    /// <summary>A temporary file that no record names yet may stay behind, but it is empty.</summary>
    private static void AssertEnded(SessionWorld world) => Assert.All(
        world.Files().Where(file => file.StartsWith(".cachefunctions", StringComparison.Ordinal)), file => Assert.Equal("", world.Get(file)));
}
