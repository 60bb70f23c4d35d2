using CacheFunctions.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CacheFunctions.Observability;

/// <summary>
/// Sends spans and metrics to an OpenTelemetry collector, as the standard variables say. It is built beside the first requests, because it takes
/// a tenth of a second, which a cold start has not: so the requests before that are in no trace and no metric.
/// </summary>
internal sealed class OtlpExport(IConfiguration configuration, ILogger<OtlpExport> logger) : BackgroundService, IStartupFilter, IAsyncDisposable
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // For an instance that nobody asks anything.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // The host waits for what else must be written, too.
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>Without an endpoint nothing is registered, and nothing loaded.</summary>
    /// <exception cref="Errors.CacheException">The endpoint is no address.</exception>
    public static void Add(IServiceCollection services, SettingsReader read)
    {
        if (read.Address(Endpoint) is null) return;
        services.AddSingleton<OtlpExport>();
        services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<OtlpExport>());
        services.AddHostedService(provider => provider.GetRequiredService<OtlpExport>());
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate then) =>
        {
            // Once the caller has its answer: building would take the processor from that.
            if (!_answered.Task.IsCompleted) context.Response.OnCompleted(BeginAsync);
            return then(context);
        });
        next(app);
    };

    /// <summary>Sends what is left. After all services that were asked for by requests: their last work is told of, too.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        var (traces, metrics) = (Interlocked.Exchange(ref _traces, null), Interlocked.Exchange(ref _metrics, null));
        if (traces is null || metrics is null) return;
        // Both at once, since a receiver that is silent takes up the whole time.
        await Task.WhenAll(
            Task.Run(() => traces.Shutdown((int)FlushPatience.TotalMilliseconds)),
            Task.Run(() => metrics.Shutdown((int)FlushPatience.TotalMilliseconds)));
        traces.Dispose();
        metrics.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAny(_answered.Task, Task.Delay(LongestWait, stoppingToken));
        _answered.TrySetResult();
        if (stoppingToken.IsCancellationRequested) return;
        try
        {
            Build();
            logger.LogInformation("Traces and metrics are sent by OTLP ({Setting})", Endpoint);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What a variable is wrong with is no reason to serve nobody.
            logger.LogError("Traces and metrics are not sent, since the exporter cannot be built: {Problem}", error.Message);
        }
    }

    private Task BeginAsync()
    {
        _answered.TrySetResult();
        return Task.CompletedTask;
    }

    private void Build()
    {
        // The library reads the standard variables from what it is given.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("cachefunctions", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version?.ToString(3))
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddSource(Telemetry.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter()
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddOtlpExporter()
            .Build();
    }
}
