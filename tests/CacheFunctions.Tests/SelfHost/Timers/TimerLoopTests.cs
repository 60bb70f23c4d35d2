using System.Reflection;
using System.Threading.Channels;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.SelfHost.Functions.Timers;
using CacheFunctions.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace CacheFunctions.Tests.SelfHost.Timers;

public sealed class TimerLoopTests : IAsyncDisposable
{
    private const string Hourly = "0 0 * * * *";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 10, 55, 0, TimeSpan.Zero));
    private readonly MemoryTimerState _state = new();
    private readonly Channel<Run> _runs = Channel.CreateUnbounded<Run>();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private Func<CancellationToken, Task> _work = _ => Task.CompletedTask;

    [Fact]
    public async Task Timer_when_new_then_waits_for_its_first_time_and_remembers_each_run()
    {
        Start(Hourly);
        await _time.ArmedForAsync(At(11));
        Assert.Equal(new TimerSchedule(Hourly, null, At(11), At(10, 55)), _state["T"]);

        _time.AdvanceTo(At(11));
        var run = await NextRunAsync();
        await AdvanceToAsync(At(12));
        var second = await NextRunAsync();

        Assert.False(run.Info.IsPastDue);
        Assert.Equal(At(11).UtcDateTime, run.Info.ScheduleStatus!.Next);
        Assert.Equal((At(11).UtcDateTime, At(12).UtcDateTime), (second.Info.ScheduleStatus!.Last, second.Info.ScheduleStatus.Next));
    }

    [Fact]
    public async Task Timer_when_a_run_was_missed_then_runs_once_at_start_as_past_due()
    {
        _state["T"] = new TimerSchedule(Hourly, At(7), At(8), At(7));
        Start(Hourly);

        Assert.True((await NextRunAsync()).Info.IsPastDue);
        await AdvanceToAsync(At(11));
        Assert.False((await NextRunAsync()).Info.IsPastDue);
    }

    [Fact]
    public async Task Timer_when_its_schedule_was_changed_then_counts_from_the_last_run()
    {
        _state["T"] = new TimerSchedule("0 0 0 * * *", At(10, 30), At(10).Date.AddDays(1), At(10, 30));
        Start("0 15 * * * *");

        await _time.ArmedForAsync(At(11, 5));
        Assert.Equal(At(11, 15), _state["T"]!.Next);
    }

    [Fact]
    public async Task Timer_when_it_throws_then_runs_again_at_its_next_time()
    {
        _work = _ => throw new InvalidOperationException("a bug");
        Start(Hourly);

        await AdvanceToAsync(At(11));
        await NextRunAsync();
        await AdvanceToAsync(At(12));
        await NextRunAsync();
    }

    [Fact]
    public async Task Timer_when_a_run_takes_longer_than_the_interval_then_the_next_waits_for_it()
    {
        var working = new TaskCompletionSource();
        _work = _ => working.Task;
        Start(Hourly);
        await AdvanceToAsync(At(11));
        await NextRunAsync();

        _time.AdvanceTo(At(13, 20));
        Assert.False(_runs.Reader.TryRead(out _));
        working.SetResult();

        await AdvanceToAsync(At(14));
        await NextRunAsync();
    }

    [Fact]
    public async Task Timer_when_more_frequent_than_a_minute_then_is_not_monitored()
    {
        _state["T"] = new TimerSchedule("*/10 * * * * *", At(7), At(8), At(7));
        Start("*/10 * * * * *");

        await AdvanceToAsync(At(10, 55).AddSeconds(10));
        var run = await NextRunAsync();
        Assert.False(run.Info.IsPastDue);
        Assert.Null(run.Info.ScheduleStatus);
        Assert.Equal(At(8), _state["T"]!.Next);
    }

    [Fact]
    public async Task Timer_when_asked_to_run_on_startup_then_does_so_once()
    {
        Start(Hourly, runOnStartup: true);

        Assert.Equal(At(10, 55), (await NextRunAsync()).At);
        await AdvanceToAsync(At(11));
        Assert.Equal(At(11), (await NextRunAsync()).At);
    }

    [Fact]
    public async Task Timer_when_two_processes_have_it_then_one_runs_it_and_the_other_takes_over()
    {
        Start(Hourly);
        await _time.ArmedForAsync(At(11));
        Start(Hourly);
        await _time.ArmedForAsync(At(10, 55).AddSeconds(5));
        var cutOff = new TaskCompletionSource();
        _work = async ct => await Task.Delay(Timeout.InfiniteTimeSpan, ct).ContinueWith(_ => { cutOff.SetResult(); ct.ThrowIfCancellationRequested(); }, TaskScheduler.Default);

        _time.AdvanceTo(At(11));
        await NextRunAsync();
        Assert.False(_runs.Reader.TryRead(out _));

        _work = _ => Task.CompletedTask;
        _state.TakeAway("T");
        await cutOff.Task.WaitAsync(Patience);
        await _time.ArmedForAsync(At(11).AddSeconds(5));
        _time.AdvanceTo(At(11).AddSeconds(5));

        // It was cut off, so it is still due.
        Assert.True((await NextRunAsync()).Info.IsPastDue);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops).WaitAsync(Patience);
        _stop.Dispose();
    }

    private static DateTimeOffset At(int hour, int minute = 0) => new(2026, 1, 1, hour, minute, 0, TimeSpan.Zero);

    private void Start(string schedule, bool runOnStartup = false)
    {
        var function = new TimerFunction("T", schedule, runOnStartup, true, (MethodInfo)MethodBase.GetCurrentMethod()!);
        var plan = TimerPlan.Of(function, new ConfigurationBuilder().Build());
        var loop = new TimerLoop(function, plan, WorkAsync, _state, _time, NullLogger.Instance);
        _loops.Add(Task.Run(() => loop.RunAsync(_stop.Token)));
    }

    private Task WorkAsync(TimerInfo info, CancellationToken cancellationToken)
    {
        var work = _work;
        _runs.Writer.TryWrite(new Run(info, _time.GetUtcNow()));
        return work(cancellationToken);
    }

    private async Task<Run> NextRunAsync() => await _runs.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    // In the pieces of at most ten minutes in which the loop waits.
    private async Task AdvanceToAsync(DateTimeOffset due)
    {
        while (_time.GetUtcNow() < due)
        {
            var piece = TimeSpan.FromMinutes(10);
            var next = due - _time.GetUtcNow() < piece ? due : _time.GetUtcNow() + piece;
            await _time.ArmedForAsync(next);
            _time.AdvanceTo(next);
        }
    }

    private sealed record Run(TimerInfo Info, DateTimeOffset At);
}
