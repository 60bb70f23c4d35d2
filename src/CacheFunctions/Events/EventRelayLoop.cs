using CacheFunctions.Errors;
using CacheFunctions.Events.Relay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Events;

/// <summary>Publishes what this instance commits, soon after it did; where that fails, again and again, more and more seldom.</summary>
internal sealed class EventRelayLoop(IServiceProvider services, TimeProvider time, ILogger<EventRelayLoop> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private EventRelay? _relay;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Where nobody is told, all that the relay needs would be made for nothing, at each start.
        if (services.GetService<IEventSink>() is null) return Task.CompletedTask;
        // Before the first request, whose changes it must hear of.
        _relay = services.GetRequiredService<EventRelay>();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(_relay!, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not published is in the log: for another instance's timer, or the next start.
        }
    }

    private async Task RunAsync(EventRelay relay, CancellationToken cancellation)
    {
        for (var pause = EventRelay.Gathering; ;)
        {
            await relay.WaitAsync(cancellation);
            await Task.Delay(pause, time, cancellation);
            try
            {
                await relay.RunOwnAsync(cancellation);
                pause = EventRelay.Gathering;
            }
            catch (CacheException error)
            {
                logger.LogWarning(error, "Events could not be published, and will be again: {Problem}", error.Message);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
