using CacheFunctions.Timers;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions.Timers;

/// <summary>Runs one timer function whenever it is due, while this process leads it; else waits to lead.</summary>
internal sealed class TimerLoop(
    TimerFunction function, TimerPlan plan, Func<TimerInfo, CancellationToken, Task> run, ITimerState state, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LeadRetry = TimeSpan.FromSeconds(5);

    // A wait is cut into pieces: the clock may be set meanwhile, and a timer cannot span a year.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private bool _ranOnStartup = !function.RunOnStartup;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LeadOnceAsync(stopping).ConfigureAwait(false);
                await Task.Delay(LeadRetry, time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Returns when another process leads, or the lead is lost, or storage fails.
    private async Task LeadOnceAsync(CancellationToken stopping)
    {
        try
        {
            var lead = await state.TryLeadAsync(function.Name, stopping).ConfigureAwait(false);
            if (lead is null) return;
            await using var held = lead.ConfigureAwait(false);
            using var leading = CancellationTokenSource.CreateLinkedTokenSource(stopping, lead.Lost);
            await LeadAsync(lead, leading.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning("Timer {Timer}: the lead was lost to another process", function.Name);
        }
#pragma warning disable CA1031 // Whatever storage throws, the timer must go on later.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.LogWarning(e, "Timer {Timer}: storage failed; trying again in {Seconds} s", function.Name, LeadRetry.TotalSeconds);
        }
    }

    private async Task LeadAsync(ITimerLead lead, CancellationToken cancellationToken)
    {
        var monitored = function.UseMonitor && plan.IsMonitored(time.GetUtcNow());
        var schedule = await FirstAsync(monitored ? lead : null, cancellationToken).ConfigureAwait(false);
        var pastDue = monitored && time.GetUtcNow() > schedule.Next;
        if (!pastDue && _ranOnStartup) await UntilAsync(schedule.Next, cancellationToken).ConfigureAwait(false);
        _ranOnStartup = true;

        while (true)
        {
            schedule = await RunOnceAsync(monitored ? lead : null, schedule, pastDue, cancellationToken).ConfigureAwait(false);
            pastDue = false;
            await UntilAsync(schedule.Next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<TimerSchedule> FirstAsync(ITimerLead? monitor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = monitor is null ? null : await monitor.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (known is not null && known.Expression == plan.Expression) return known;

        // A new timer begins now; a changed schedule counts from the last run.
        var first = new TimerSchedule(plan.Expression, known?.Last, plan.Next(known?.Last ?? known?.LastUpdated ?? now), now);
        if (monitor is not null) await monitor.WriteAsync(first, cancellationToken).ConfigureAwait(false);
        return first;
    }

    private async Task<TimerSchedule> RunOnceAsync(
        ITimerLead? monitor, TimerSchedule schedule, bool pastDue, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var info = new TimerInfo { IsPastDue = pastDue, ScheduleStatus = monitor is null ? null : StatusOf(schedule) };
        try
        {
            await run(info, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Cut off, not done: who leads next finds it past due.
            throw;
        }
#pragma warning disable CA1031 // A failed run does not stop the schedule.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogError(e, "Timer {Timer} failed", function.Name);
        }

        var ended = time.GetUtcNow();
        var next = new TimerSchedule(plan.Expression, began, plan.Next(ended), ended);

        // The work is done, so this is written even while the service stops.
        if (monitor is not null) await monitor.WriteAsync(next, monitor.Lost).ConfigureAwait(false);
        return next;
    }

    private async Task UntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        for (var wait = due - time.GetUtcNow(); wait > TimeSpan.Zero; wait = due - time.GetUtcNow())
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancellationToken).ConfigureAwait(false);
    }

    private static ScheduleStatus StatusOf(TimerSchedule schedule) => new()
    {
        Last = schedule.Last?.UtcDateTime ?? default,
        Next = schedule.Next.UtcDateTime,
        LastUpdated = schedule.LastUpdated.UtcDateTime,
    };
}
