using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Tests.Sessions;

public sealed class LargeDiscardTests
{
    [Fact]
    public async Task A_discard_whose_instance_died_while_it_was_writing_is_finished_by_the_next_run()
    {
        for (var step = 1; step < 300; step++)
        {
            using var world = new SessionWorld(largeBytes: 1);
            world.Put("a.txt", "one");
            var session = await world.OpenAsync("a.txt");
            await world.SaveAsync(session, "mine");
            // A conflict that an earlier write back has told, so that a discard has both ways before it.
            world.Put("a.txt", "theirs");
            if (step % 2 == 0)
            {
                await Assert.ThrowsAsync<CacheFunctions.Errors.CacheException>(() => world.SyncAsync(session));
            }

            var death = new Death(step);
            var finished = false;
            try
            {
                await world.NewInstance(death: death).SyncToNasAsync(Caller.Machine, session.Id, OnConflict.Discard);
                finished = !death.HasDied;
            }
            catch (InstanceDiedException)
            {
                // Another instance goes on.
            }

            for (var run = 0; run < 3; run++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(5));
                Assert.Empty((await world.RunTimerAsync()).Failed);
            }

            Assert.Equal("theirs", world.Get("a.txt"));
            Assert.False((await world.InfoAsync(session)).Dirty, $"step {step}");
            if (finished) return;
        }

        Assert.Fail("The instance never outlived its work.");
    }

    [Fact]
    public async Task A_job_that_discards_does_not_wait_for_its_own_interrupted_write()
    {
        for (var step = 1; step < 300; step++)
        {
            using var world = new SessionWorld(largeBytes: 1);
            world.Put("a.txt", "one");
            var session = await world.OpenAsync("a.txt");
            await world.SaveAsync(session, "mine");
            world.Put("a.txt", "theirs");
            await Assert.ThrowsAsync<InstanceDiedException>(() => world.NewInstance(death: new Death(step)).SyncToNasAsync(
                Caller.Machine, session.Id, OnConflict.Discard));
            var row = (await world.Records.GetAsync("edits", session.Id[..2], "s|" + session.Id, default))!;
            if (row.Values.Time("syncing_until") is null) continue;

            // Another write back of the session has told of the conflict at the same moment.
            var values = row.Values.Copy();
            values.Add("conflict", """{"actual":null}""");
            await world.Records.CommitAsync("edits", session.Id[..2], [RowChange.Replace(row, values)], default);
            for (var run = 0; run < 3; run++)
            {
                world.Time.Advance(TimeSpan.FromMinutes(5));
                await world.RunTimerAsync();
            }

            Assert.False((await world.InfoAsync(session)).Dirty);
            Assert.Equal("theirs", await world.ReadAsync(session));
            return;
        }

        Assert.Fail("No instance died while it was writing.");
    }
}
