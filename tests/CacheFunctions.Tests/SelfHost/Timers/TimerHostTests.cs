using CacheFunctions.Errors;
using CacheFunctions.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.Tests.SelfHost.Timers;

public class TimerHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 10, 55, 0, TimeSpan.Zero));
    private readonly MemoryTimerState _state = new();
    private readonly Work _work = new();

    [Fact]
    public async Task Host_when_it_stops_then_the_running_function_ends_first_and_the_lead_is_free()
    {
        var host = await StartAsync("0 0 * * * *");
        await _time.ArmedForAsync(_time.GetUtcNow().AddMinutes(5));
        _time.Advance(TimeSpan.FromMinutes(5));
        await _work.Began.Task.WaitAsync(Patience);
        Assert.Null(await _state.TryLeadAsync("Hourly", default));

        await host.DisposeAsync();

        Assert.True(_work.Ended.Task.IsCompletedSuccessfully);
        Assert.NotNull(await _state.TryLeadAsync("Hourly", default));
    }

    [Fact]
    public async Task Host_when_a_timer_s_setting_is_missing_then_the_start_fails_and_names_it() =>
        Assert.StartsWith("Schedules:Hourly", (await Assert.ThrowsAsync<CacheException>(() => StartAsync(null))).Message, StringComparison.Ordinal);

    private Task<TestHost> StartAsync(string? schedule) => TestHost.StartAsync(
        typeof(HourlyFunction),
        new() { ["Schedules:Hourly"] = schedule },
        services => services.AddSingleton<TimeProvider>(_time).AddSingleton<ITimerState>(_state).AddSingleton(_work));

    private sealed class HourlyFunction(Work work)
    {
        [Function("Hourly")]
        public async Task RunAsync([TimerTrigger("%Schedules:Hourly%")] TimerInfo timer, CancellationToken cancellationToken)
        {
            var stop = new TaskCompletionSource();
            await using var stopping = cancellationToken.Register(stop.SetResult);
            work.Began.SetResult();
            await stop.Task;
            work.Ended.SetResult();
        }
    }

    private sealed class Work
    {
        public TaskCompletionSource Began { get; } = new();

        public TaskCompletionSource Ended { get; } = new();
    }
}
