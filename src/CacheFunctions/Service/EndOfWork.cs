using CacheFunctions.Catalogue;
using CacheFunctions.Directories;
using CacheFunctions.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheFunctions.Service;

/// <summary>
/// What goes on beside requests ends with the service: its leases are let go, so that another instance goes on at once. The server stops
/// before this, when the requests that it had are answered; what has gathered in memory is written after it, when the services are disposed of.
/// </summary>
// The services are asked for at the end only: no start waits for them.
internal sealed class EndOfWork(IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the requests that wait for jobs, or the server would wait for them in vain.
        lifetime.ApplicationStopping.Register(() => _ = services.GetRequiredService<JobRunner>().StopAsync(CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<JobRunner>().StopAsync(cancellationToken);
        await Task.WhenAll(
            services.GetRequiredService<CachedFilesService>().StopAsync(cancellationToken),
            services.GetRequiredService<DirectoriesService>().StopAsync(cancellationToken));
    }
}
