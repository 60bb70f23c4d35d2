using System.Diagnostics;
using Azure.Storage.Blobs;
using CacheFunctions.Storage.Timers;

namespace CacheFunctions.IntegrationTests.Storage.Timers;

/// <summary>Two hosts as two processes; the one that leads is killed.</summary>
public class BlobTimerTakeoverTests
{
    // A lease of 15 s, a try every 5 s, and time for a loaded machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Timer_when_two_hosts_run_then_one_has_it_and_when_that_is_killed_the_other_takes_over()
    {
        var account = await StorageEmulator.NewAccountAsync();
        using var first = TimerHostProcess.Start(account);
        Assert.Equal("ran", await first.NextLineAsync(Patience));

        using var second = TimerHostProcess.Start(account);
        Assert.Equal("started", await second.NextLineAsync(Patience, "started"));
        var takenOver = second.NextLineAsync(Patience);
        Assert.Equal("ran", await first.NextLineAsync(Patience));
        Assert.Equal("ran", await first.NextLineAsync(Patience));
        Assert.False(takenOver.IsCompleted);

        var killed = Stopwatch.StartNew();
        first.Process.Kill();
        Assert.Equal("ran", await takenOver);
        Assert.InRange(killed.Elapsed, TimeSpan.Zero, BlobTimerState.LeaseDuration + TimeSpan.FromSeconds(15));
        Assert.True((await new BlobContainerClient(account, "system").GetBlobClient("timers/Tick.json").ExistsAsync()).Value);
    }
}
