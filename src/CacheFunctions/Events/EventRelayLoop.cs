using CacheFunctions.Errors;
using CacheFunctions.Events.Relay;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Events;

/// <summary>Publishes what this instance commits, soon after it did; where that fails, again and again, more and more seldom.</summary>
internal sealed class EventRelayLoop(EventRelay relay, TimeProvider time, ILogger<EventRelayLoop> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (relay.IsOn) await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not published is in the log: for another instance's timer, or the next start.
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
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
