using CacheFunctions.Jobs;
using CacheFunctions.Observability;
using CacheFunctions.Tests.InMemory;

namespace CacheFunctions.Tests.Observability;

/// <summary>What was told last holds for the whole process, so no other test may run meanwhile.</summary>
[Collection(nameof(QueueTests))]
[CollectionDefinition(nameof(QueueTests), DisableParallelization = true)]
public sealed class QueueTests
{
    [Fact]
    public async Task Jobs_that_no_instance_is_at_wait_and_are_told_with_the_age_of_the_oldest()
    {
        var time = new ManualTime();
        var records = new MemoryRecordStore();
        var store = new JobStore(records, time);
        using var runner = new JobRunner(store, time);
        await runner.AddAsync("unknown", "subject", "/mnt/nas/a", null, "{}", null);
        time.Advance(JobStore.Lease + TimeSpan.FromSeconds(30));
        using var heard = new Heard();
        await runner.ResumeAllAsync(TimeSpan.Zero, default);
        heard.Observe();
        Assert.Contains("1[jobs]", heard.Of(Telemetry.QueueLength.Instrument));
        Assert.Contains("30[jobs]", heard.Of(Telemetry.QueueAge.Instrument));
    }
}
