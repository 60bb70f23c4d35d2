using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Service;

/// <summary>Stores and checks what the records' keys depend on, beside the first requests: no start waits for it.</summary>
internal sealed class FirstSettingsCheck(
    IRecordStore records, OriginSet origins, IHostApplicationLifetime lifetime, ILogger<FirstSettingsCheck> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FirstSettings.EnsureAsync(records, Shard.DefaultCount, origins, stoppingToken);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Conflict)
        {
            logger.LogCritical("{Problem}", error.Message);
            // Once it has started, or now; stopped half-way the start would end with an error that says nothing.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
        catch (CacheException error)
        {
            logger.LogWarning("It could not be checked that shards and origins are as at the first start: {Problem}", error.Message);
        }
    }
}
