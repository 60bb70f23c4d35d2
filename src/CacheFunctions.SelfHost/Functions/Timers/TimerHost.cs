using CacheFunctions.Timers;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions.Timers;

/// <summary>Runs the timer functions of the app, as the Functions host would; under that host, it leaves them to it.</summary>
internal sealed class TimerHost(
    FunctionCatalog catalog,
    CustomHandler customHandler,
    IConfiguration configuration,
    IServiceProvider services,
    TimeProvider time,
    ILogger<TimerHost> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    /// <exception cref="Errors.CacheException">A schedule cannot be read, or its setting is missing.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (customHandler.IsOn || catalog.Timers.Count == 0) return Task.CompletedTask;
        var state = services.GetRequiredService<ITimerState>();
        var loops = catalog.Timers
            .Select(timer => new TimerLoop(timer, TimerPlan.Of(timer, configuration), Runner(timer), state, time, logger))
            .ToList();
        _loops = Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Lets a running function end, and the lead go to another process.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        // After a start that failed, nobody stops.
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private Func<TimerInfo, CancellationToken, Task> Runner(TimerFunction timer)
    {
        var activate = FunctionActivator.For(timer.Method.DeclaringType!);
        var invoke = TimerInvoker.Of(timer.Method);
        return async (info, cancellation) =>
        {
            var scope = services.CreateAsyncScope();
            await using var ended = scope.ConfigureAwait(false);
            await invoke(activate(scope.ServiceProvider), info, cancellation).ConfigureAwait(false);
        };
    }
}
