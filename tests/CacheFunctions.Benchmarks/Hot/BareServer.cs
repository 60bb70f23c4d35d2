using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>
/// The ceiling: the same web server with nothing on it, which answers bytes from memory, or nothing at all. A process of its
/// own, as the service is.
/// </summary>
internal static class BareServer
{
    public const string Name = "bare-server";

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var contents = HotBenchmark.Sizes.ToDictionary(size => $"/{size}", size => new byte[size]);
        app.Run(async context =>
        {
            if (!contents.TryGetValue(context.Request.Path, out var content)) return;
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content);
        });
        await app.StartAsync();
        Console.WriteLine(ServiceUnderTest.Listening + app.Urls.First());
        await app.WaitForShutdownAsync();
    }
}
