using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CacheFunctions.SelfHost.Functions;
using CacheFunctions.SelfHost.Functions.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace CacheFunctions.IntegrationTests.Package;

/// <summary>
/// What the Functions host does with a custom handler whose requests are handed through: starts what host.json names with a port in its
/// environment, asks it until it answers, matches and hands on requests, and posts the runs of timers.
/// </summary>
internal sealed class PlayedHost : IAsyncDisposable
{
    public const string Key = "a key that only the host knows";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly HttpClient _handler;
    private readonly FunctionRouter _router;
    private readonly IReadOnlyDictionary<string, string> _timers;
    private WebApplication? _front;

    private PlayedHost(string folder, Dictionary<string, string> settings)
    {
        PlayedFunction.ReadAll(folder, out var functions, out _timers);
        _router = new FunctionRouter(FunctionCatalog.Of(functions));
        foreach (var (_, schedule) in _timers) CrontabSchedule.Parse(settings[schedule.Trim('%').Replace(":", "__", StringComparison.Ordinal)], new() { IncludingSeconds = true });

        var handler = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "host.json"))).RootElement.GetProperty("customHandler");
        Assert.True(handler.GetProperty("enableProxyingHttpRequest").GetBoolean());
        var description = handler.GetProperty("description");
        var directory = Path.Combine(folder, description.GetProperty("workingDirectory").GetString()!);
        var start = new ProcessStartInfo(
            Path.Combine(folder, description.GetProperty("defaultExecutablePath").GetString()!),
            description.GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()!))
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var port = FreePort();
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _handler = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
    }

    /// <summary>Of the host itself, where the world calls.</summary>
    public HttpClient Http { get; } = new();

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public IEnumerable<string> Timers => _timers.Keys;

    /// <param name="settings">The app settings, as they stand in the environment.</param>
    public static async Task<PlayedHost> StartAsync(string folder, Dictionary<string, string> settings)
    {
        var host = new PlayedHost(folder, settings);
        try
        {
            host._process.Start();
            host._process.BeginOutputReadLine();
            host._process.BeginErrorReadLine();
            await host.UntilItAnswersAsync().WaitAsync(Patience);
            await host.OpenFrontAsync();
            return host;
        }
        catch (Exception error)
        {
            await host.DisposeAsync();
            throw new InvalidOperationException($"The custom handler did not start. It said:\n{host.Output}", error);
        }
    }

    /// <summary>A timer is due. Its run must end well, and be answered as the host expects.</summary>
    public async Task RunTimerAsync(string name)
    {
        var call = JsonSerializer.Serialize(new
        {
            Data = new { timer = new { Schedule = new { AdjustForDST = true }, ScheduleStatus = (object?)null, IsPastDue = false } },
            Metadata = new { sys = new { MethodName = name, UtcNow = "2026-01-01T10:00:00Z", RandGuid = Guid.NewGuid() } },
        });
        using var answer = await _handler.PostAsync($"/{name}", new StringContent(call, Encoding.UTF8, "application/json"));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{name}: {answer.StatusCode} {body}\n{Output}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["Outputs", "Logs", "ReturnValue"], JsonDocument.Parse(body).RootElement.EnumerateObject().Select(each => each.Name));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_front is not null) await _front.DisposeAsync();
        _handler.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilItAnswersAsync()
    {
        while (true)
        {
            try
            {
                using var any = await _handler.GetAsync("/");
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private async Task OpenFrontAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _front = builder.Build();
        _front.Run(HandThroughAsync);
        await _front.StartAsync();
        Http.BaseAddress = new Uri(_front.Urls.First());
        Http.DefaultRequestHeaders.Add(FunctionKeys.HeaderName, Key);
    }

    /// <summary>The names of the files that the handler has in memory: assemblies and native libraries.</summary>
    public IReadOnlyList<string> LoadedFiles() =>
        [.. File.ReadLines($"/proc/{_process.Id}/maps").Select(line => Path.GetFileName(line.Split(' ')[^1])).Distinct()];

    private async Task HandThroughAsync(HttpContext context)
    {
        var function = _router.Find(context.Request.Method, context.Request.Path.Value ?? "")?.Function;
        if (function is null || (function.Level != AuthorizationLevel.Anonymous && context.Request.Headers[FunctionKeys.HeaderName] != Key))
        {
            context.Response.StatusCode = function is null ? StatusCodes.Status404NotFound : StatusCodes.Status401Unauthorized;
            return;
        }

        context.Request.Headers["X-Azure-Functions-HostVersion"] = "4.0.0";
        context.Request.Headers["X-Azure-Functions-InvocationId"] = Guid.NewGuid().ToString();
        // The handler is asked at its own address, and told of the caller's.
        context.Request.Headers["X-Forwarded-Host"] = context.Request.Host.Value;
        context.Request.Headers["X-Forwarded-Proto"] = context.Request.Scheme;
        context.Request.Headers.Host = _handler.BaseAddress!.Authority;
        await Forwarding.SendAsync(context, _handler);
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }

    private static int FreePort()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        return ((IPEndPoint)port.LocalEndpoint).Port;
    }
}
