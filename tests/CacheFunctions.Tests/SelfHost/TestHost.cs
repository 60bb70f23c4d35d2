using CacheFunctions.SelfHost.Functions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Tests.SelfHost;

/// <summary>The function host on Kestrel, on a port that the system chooses, with what it logs.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHost(WebApplication app, LogList log)
    {
        _app = app;
        Log = log;
    }

    public HttpClient Client { get; } = new();

    public LogList Log { get; }

    public TestFunctions.Gone Gone => _app.Services.GetRequiredService<TestFunctions.Gone>();

    public static async Task<TestHost> StartAsync(
        Type functions, Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null, string urls = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var log = new LogList();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        builder.Services.AddFunctionHost([functions]);
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = 1000);
        builder.Services.AddSingleton<TestFunctions.Gone>();
        builder.Logging.AddProvider(log);
        configure?.Invoke(builder.Services);
        var host = new TestHost(builder.Build(), log);
        try
        {
            host._app.UseFunctionHost();
            await host._app.StartAsync();
            host.Client.BaseAddress = new Uri(host._app.Urls.First());
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
