using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Jobs;

public sealed class LostLeaseTests
{
    [Fact]
    public void A_caller_whose_job_another_instance_takes_over_is_told_that_it_goes_on() => SimulatedWorld.Run(1, async world =>
    {
        var records = new MemoryRecordStore();
        // Its clock is ahead, so it takes the lease for one that has run out.
        var ahead = new SkewedTime(world.Time, TimeSpan.FromMinutes(5), 0);
        var first = new JobRunner(new JobStore(records, world.Time), world.Time);
        var second = new JobRunner(new JobStore(records, ahead), ahead);
        var undone = false;
        first.Register("copy", async (run, cancellation) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellation);
            }
            catch (Exception error) when (!run.IsTriedAgain(error))
            {
                undone = true;
            }

            return "never";
        });
        second.Register("copy", async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(15), world.Time, CancellationToken.None);
            return "done";
        });

        var job = await first.AddAsync("copy", "subject", "/mnt/nas/a", null, "{}", null);
        var waiting = first.StartAsync<string>(job);
        await second.ResumeAllAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);

        Assert.Null(await waiting);
        Assert.False(undone);
        await Task.Delay(TimeSpan.FromMinutes(1), world.Time);
        Assert.Equal(JobState.Succeeded, (await second.GetAsync(Caller.Machine, job.Id, CancellationToken.None)).State);
    });
}
