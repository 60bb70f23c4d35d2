using CacheFunctions.Errors;
using CacheFunctions.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Service;

/// <summary>Stores and checks the number of shards, beside the first requests: no start waits for it.</summary>
internal sealed class ShardCheck(IRecordStore records, IHostApplicationLifetime lifetime, ILogger<ShardCheck> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ShardCount.EnsureAsync(records, Shard.DefaultCount, stoppingToken);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Conflict)
        {
            logger.LogCritical("{Problem}", error.Message);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks again.
        }
        catch (CacheException error)
        {
            logger.LogWarning("The number of shards could not be checked: {Problem}", error.Message);
        }
    }
}
