using System.Net;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>
/// Without keys everything is open, for development, as long as nobody but this machine can call: then it says so once.
/// Listening anywhere else without keys, the service refuses to start.
/// </summary>
internal sealed class OpenAccess(
    FunctionKeys keys, CustomHandler customHandler, IServer server, ILogger<OpenAccess> logger) : IHostedLifecycleService
{
    private volatile bool _open;

    // How callers last named this machine; hardly ever does it change.
    private volatile string? _own;

    /// <summary>Whether a request must show its key. As a custom handler, only the Functions host calls, and it has checked.</summary>
    /// <exception cref="CacheException">
    /// Unavailable: the first requests can come before <see cref="StartedAsync"/> has seen all addresses. Forbidden:
    /// without keys, a web page elsewhere that has pointed its own name at this machine must not get through.
    /// </exception>
    public bool NeedsKey(HttpRequest request)
    {
        if (customHandler.IsOn) return false;
        if (keys.Any) return true;
        if (!_open) throw CacheException.Unavailable("The service is starting.");
        var host = request.Host;
        if (host.Value == _own) return false;
        if (IsLoopback(host.Host))
        {
            _own = host.Value;
            return false;
        }

        throw new CacheException(
            ErrorCode.Forbidden, $"Without keys the service answers to localhost only, not to '{host.Host}'. Set Keys:Function:default.");
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (keys.Any || customHandler.IsOn) return Task.CompletedTask;
        if (Outside(server) is { } address)
        {
            throw new CacheException(
                ErrorCode.InvalidArgument,
                $"The service listens on {address}, which others can reach, but has no keys. Set Keys:Function:default "
                + "(environment: Keys__Function__default) to a long random value, or listen on http://localhost only.");
        }

        _open = true;
        logger.LogWarning("No keys are configured (Keys:Function:default): everything is open to callers on this machine.");
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>An address that is reachable from elsewhere; null: none is. A server in memory, for tests, has no addresses.</returns>
    internal static string? Outside(IServer server) => server.Features.Get<IServerAddressesFeature>()?.Addresses
        .FirstOrDefault(address => !IsLoopback(BindingAddress.Parse(address).Host));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
