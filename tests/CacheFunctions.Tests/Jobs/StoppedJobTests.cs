using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Tests.InMemory;
using CacheFunctions.Tests.Simulation;

namespace CacheFunctions.Tests.Jobs;

public sealed class StoppedJobTests
{
    [Fact]
    public void When_an_instance_stops_its_job_is_gone_on_with_at_once_by_another_and_who_waits_is_told_so() => SimulatedWorld.Run(1, async world =>
    {
        var records = new MemoryRecordStore();
        var stopped = new JobRunner(new JobStore(records, world.Time), world.Time);
        var other = new JobRunner(new JobStore(records, world.Time), world.Time);
        stopped.Register<string>("copy", async (run, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellation);
            return "never";
        });
        other.Register("copy", (_, _) => Task.FromResult("done"));

        var job = await stopped.AddAsync("copy", "subject", "/mnt/nas/a", null, "{}", null);
        var begun = stopped.StartAsync<string>(job);
        var asked = stopped.WaitAsync(job.Id, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        var before = world.Time.GetUtcNow();
        await stopped.StopAsync(CancellationToken.None);

        Assert.Null(await begun);
        Assert.Equal(JobState.Running, (await asked).State);
        Assert.Equal(1, await other.ResumeAllAsync(TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(JobState.Succeeded, (await other.GetAsync(Caller.Machine, job.Id, CancellationToken.None)).State);
        Assert.True(world.Time.GetUtcNow() - before < JobStore.Lease, "It waited until the lease had run out.");
    });
}
