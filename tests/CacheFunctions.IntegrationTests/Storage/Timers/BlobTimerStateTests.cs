using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Storage.Timers;
using CacheFunctions.Timers;

namespace CacheFunctions.IntegrationTests.Storage.Timers;

public sealed class BlobTimerStateTests : IAsyncLifetime
{
    private static readonly TimerSchedule Schedule = new(
        "0 0 * * * *", null, new DateTimeOffset(2026, 1, 1, 11, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero));

    private BlobContainerClient _system = null!;
    private BlobTimerState _state = null!;

    public async Task InitializeAsync()
    {
        _system = new BlobContainerClient(await StorageEmulator.NewAccountAsync(), "system");
        _state = new BlobTimerState(_system, TimeProvider.System);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Lead_when_one_process_has_it_then_no_other_until_it_lets_go()
    {
        var first = await _state.TryLeadAsync("T", default);
        Assert.NotNull(first);
        Assert.Null(await _state.TryLeadAsync("T", default));
        await using var other = await _state.TryLeadAsync("Other", default);
        Assert.NotNull(other);

        await first.DisposeAsync();
        await using var second = await _state.TryLeadAsync("T", default);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Schedule_when_written_then_the_next_leader_reads_it()
    {
        await using (var first = await _state.TryLeadAsync("T", default))
        {
            Assert.Null(await first!.ReadAsync(default));
            await first.WriteAsync(Schedule with { Last = Schedule.LastUpdated }, default);
        }

        await using var second = await _state.TryLeadAsync("T", default);
        Assert.Equal(Schedule with { Last = Schedule.LastUpdated }, await second!.ReadAsync(default));
    }

    [Fact]
    public async Task Lead_when_it_is_taken_away_then_its_process_notices_and_cannot_write()
    {
        await using var old = await _state.TryLeadAsync("T", default);
        var blob = _system.GetBlobClient("timers/T.json");
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        await using var next = await _state.TryLeadAsync("T", default);

        await Assert.ThrowsAsync<RequestFailedException>(() => old!.WriteAsync(Schedule, default));
        var noticed = new TaskCompletionSource();
        await using var registration = old!.Lost.Register(noticed.SetResult);
        await noticed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(next!.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task State_when_damaged_then_the_timer_begins_anew()
    {
        await _system.CreateAsync();
        await _system.GetBlobClient("timers/T.json").UploadAsync(BinaryData.FromString("{ half"));

        await using var lead = await _state.TryLeadAsync("T", default);
        Assert.Null(await lead!.ReadAsync(default));
    }
}
