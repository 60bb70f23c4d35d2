using System.Globalization;
using System.Net;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>
/// Whether the Functions host runs this process as its custom handler. Then the host listens to the world, checks
/// keys and keeps the timers; this process answers the host alone.
/// </summary>
internal sealed class CustomHandler : IConfigureOptions<KestrelServerOptions>
{
    private const string PortSetting = "FUNCTIONS_CUSTOMHANDLER_PORT";

    private readonly int _port;

    public CustomHandler(IConfiguration configuration)
    {
        if (configuration[PortSetting] is not { Length: > 0 } port) return;
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _port) || _port is 0 or > ushort.MaxValue)
            throw CacheException.Invalid(PortSetting, $"'{port}' is not a port; allowed are 1 to 65535");
    }

    public bool IsOn => _port != 0;

    public void Configure(KestrelServerOptions options)
    {
        if (IsOn) options.Listen(IPAddress.Loopback, _port);
    }
}
