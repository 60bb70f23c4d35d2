using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Benchmarks.Peers;

/// <summary>
/// The ceiling: the same web server with nothing on it. It answers as many bytes as the path names, from memory, or nothing at
/// all, and reads what it is sent. A process of its own, as the service is.
/// </summary>
internal static class BareServer
{
    public const string Name = "bare-server";

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var block = new byte[1 << 20];
        app.Run(async context =>
        {
            if (context.Request.ContentLength > 0)
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                return;
            }

            if (!long.TryParse(context.Request.Path.Value.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var left)) return;
            context.Response.ContentLength = left;
            for (; left > 0; left -= block.Length) await context.Response.Body.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
        });
        await app.StartAsync();
        Console.WriteLine(ServiceUnderTest.Listening + app.Urls.First());
        await app.WaitForShutdownAsync();
    }
}
