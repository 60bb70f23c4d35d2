using System.Text;
using CacheFunctions.Security;
using CacheFunctions.Sessions;

namespace CacheFunctions.Tests.Sessions;

/// <summary>An instance dies at every single step of a write back, a save and an end; another one goes on.</summary>
public sealed class WriteBackCrashTests
{
    /// <summary>In bytes, so that the same few are once small and once large: written by a job.</summary>
    public static TheoryData<long> LargeFrom => [long.MaxValue, 1];

    // More than any of them takes; the loops end when the instance outlives its work.
    private const int MoreThanAllSteps = 200;

    [Theory]
    [MemberData(nameof(LargeFrom))]
    public async Task A_write_back_cut_off_at_any_step_is_finished_by_the_next_run(long largeBytes)
    {
        var crashes = 0;
        for (var step = 1; step < MoreThanAllSteps; step++)
        {
            using var world = new SessionWorld(largeBytes);
            world.Put("a/report.txt", "old");
            var session = await world.OpenAsync("a/report.txt");
            await world.SaveAsync(session, "new");
            if (!await DiesAsync(step, world, dying => dying.SyncToNasAsync(Caller.Machine, session.Id))) break;
            crashes++;

            Assert.Contains(world.Get("a/report.txt"), new[] { "old", "new" });
            await RecoverAsync(world);
            Assert.Equal("new", world.Get("a/report.txt"));
            Assert.False((await world.InfoAsync(session)).Dirty, $"step {step}");
            AssertOnlyEmptyLeftovers(world, "a/report.txt", step);
        }

        Assert.InRange(crashes, 20, MoreThanAllSteps - 1);
    }

    [Theory]
    [MemberData(nameof(LargeFrom))]
    public async Task A_conflict_cut_off_at_any_step_loses_neither_version(long largeBytes)
    {
        for (var step = 1; step < MoreThanAllSteps; step++)
        {
            using var world = new SessionWorld(largeBytes);
            world.Put("report.txt", "old");
            var session = await world.OpenAsync("report.txt");
            await world.SaveAsync(session, "mine");
            world.Put("report.txt", "theirs");
            var finished = !await DiesAsync(
                step, world, dying => dying.SyncToNasAsync(Caller.Machine, session.Id, OnConflict.KeepBoth));

            await RecoverAsync(world);
            var contents = world.Files().Where(file => !file.StartsWith(".cachefunctions", StringComparison.Ordinal)).ToDictionary(file => file, world.Get);
            Assert.Equal("theirs", contents["report.txt"]);
            Assert.Contains(contents, file => file.Key.StartsWith("report (conflict alice", StringComparison.Ordinal) && file.Value == "mine");
            if (finished) return;
        }

        Assert.Fail("The instance never outlived its work.");
    }

    [Fact]
    public async Task A_save_cut_off_at_any_step_leaves_a_readable_session()
    {
        for (var step = 1; step < MoreThanAllSteps; step++)
        {
            using var world = new SessionWorld();
            world.Put("report.txt", "old");
            var session = await world.OpenAsync("report.txt");
            var finished = !await DiesAsync(step, world, dying => dying.UpdateCachedFileAsync(
                Caller.Machine, session.Id, new MemoryStream(Encoding.UTF8.GetBytes("new")), 3));

            var read = await world.ReadAsync(session);
            Assert.Contains(read, new[] { "old", "new" });
            await world.SaveAsync(session, "newer");
            await world.Service.CleanupSessionAsync(Caller.Machine, session.Id);
            Assert.Equal("newer", world.Get("report.txt"));
            if (finished) return;
        }

        Assert.Fail("The instance never outlived its work.");
    }

    [Theory]
    [MemberData(nameof(LargeFrom))]
    public async Task An_end_cut_off_at_any_step_loses_nothing_and_is_cleaned_up(long largeBytes)
    {
        for (var step = 1; step < MoreThanAllSteps; step++)
        {
            using var world = new SessionWorld(largeBytes);
            world.Put("report.txt", "old");
            var session = await world.OpenAsync("report.txt");
            await world.SaveAsync(session, "new");
            var finished = !await DiesAsync(step, world, dying => dying.CleanupSessionAsync(Caller.Machine, session.Id));

            await RecoverAsync(world);
            Assert.Equal("new", world.Get("report.txt"));
            var (open, _) = await world.Service.GetAllActiveSessionsAsync(Caller.Machine, null, null, 50, null);
            if (open.Count == 0) Assert.Empty(world.Contents.Names("sessions"));
            if (finished)
            {
                Assert.Empty(open);
                return;
            }
        }

        Assert.Fail("The instance never outlived its work.");
    }

    /// <returns>Whether the instance died before it was done.</returns>
    private static async Task<bool> DiesAsync(int step, SessionWorld world, Func<SessionService, Task> work)
    {
        var death = new Death(step);
        try
        {
            await work(world.NewInstance(death: death));
            return death.HasDied;
        }
        catch (InstanceDiedException)
        {
            return true;
        }
    }

    private static async Task RecoverAsync(SessionWorld world)
    {
        world.Time.Advance(TimeSpan.FromMinutes(5));
        for (var run = 0; run < 2; run++)
        {
            var report = await world.RunTimerAsync();
            Assert.Empty(report.Failed);
        }
    }

    /// <summary>A temporary file that no record names yet may stay behind, but it is empty.</summary>
    private static void AssertOnlyEmptyLeftovers(SessionWorld world, string path, int step)
    {
        var leftovers = world.Files().Where(file => file != path).ToList();
        Assert.All(leftovers, file => Assert.Equal("", world.Get(file)));
        Assert.True(leftovers.Count <= 1, $"step {step} left {string.Join(", ", leftovers)}");
    }
}
