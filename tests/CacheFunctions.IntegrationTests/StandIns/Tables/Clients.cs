using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

internal static class Clients
{
    public static readonly Uri Endpoint = new("https://account.table.core.windows.net");

    public static readonly TableSharedKeyCredential Key = new("account", Convert.ToBase64String(new byte[32]));

    /// <summary>A client on a network double, which waits for nothing between tries.</summary>
    public static TableClient Table(HttpPipelineTransport transport, TableClientOptions? options = null) =>
        new(Endpoint, "files", Key, Fast(options ?? new(), transport));

    public static TableClientOptions Fast(TableClientOptions options, HttpPipelineTransport? transport = null)
    {
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.MaxDelay = TimeSpan.Zero;
        if (transport is not null)
            options.Transport = transport;
        return options;
    }
}
