using CacheFunctions.Errors;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.Security;
using Microsoft.AspNetCore.Hosting.Server;

namespace CacheFunctions.SelfHost.Local;

/// <summary>Without a key of its own the service encrypts with one that everybody knows: on this machine only, and it says so.</summary>
internal sealed class DevelopmentKeyCheck(KeyRing ring, IServer server, ILogger<DevelopmentKeyCheck> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!ring.IsDevelopment) return Task.CompletedTask;
        if (OpenAccess.Outside(server) is { } address)
        {
            throw new CacheException(
                ErrorCode.InvalidArgument,
                $"The service listens on {address}, which others can reach, but has no key to encrypt files with. Set Encryption:Keys:1 "
                + "(environment: Encryption__Keys__1) to what 'openssl rand -base64 32' gives, or listen on http://localhost only.");
        }

        logger.LogWarning("No key is configured (Encryption:Keys, STORAGE_ENCRYPTION_KEY): files are encrypted with the development key, which everybody knows.");
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
