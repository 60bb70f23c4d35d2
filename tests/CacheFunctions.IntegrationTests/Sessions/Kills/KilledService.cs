using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CacheFunctions.IntegrationTests.Service;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>
/// A service that is killed and started again. The next process starts while the last one still works, and waits; its
/// clock is ahead, so that for it the deadlines and leases of the killed one have passed.
/// </summary>
internal sealed class KilledService : IAsyncDisposable
{
    /// <summary>For files to be read by every process: one that a host starts takes no key that everybody knows.</summary>
    public static readonly string[] Keys = ["--Encryption:Keys:1", Convert.ToBase64String(SHA256.HashData("a key for tests"u8))];

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private readonly string[] _settings;
    private int _started;
    private ServiceProcess? _current;
    private Task<ServiceProcess> _next;

    public KilledService(string[] settings)
    {
        _settings = settings;
        _next = StartAsync(settings);
    }

    /// <summary>The process that works, after a kill the next one.</summary>
    public async Task<ServiceProcess> NextAsync()
    {
        if (_current is not null) return _current;
        _current = await _next;
        _next = StartAsync(_settings);
        return _current;
    }

    /// <summary>Works until the process is killed.</summary>
    public async Task WorkAsync(Func<HttpClient, Task> step)
    {
        var http = _current!.Http;
        try
        {
            while (true) await step(http);
        }
        catch (Exception error) when (error is HttpRequestException { StatusCode: null } or HttpIOException)
        {
            // Killed. Whether the last request took effect is not known.
        }
    }

    public void Kill()
    {
        _current!.Kill();
        _current = null;
    }

    /// <summary>One that is told by a host when a timer is due, with every unsynced session due.</summary>
    /// <param name="later">By how much its clock is further ahead.</param>
    public Task<ServiceProcess> LastAsync(TimeSpan later = default)
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var number = ((IPEndPoint)port.LocalEndpoint).Port;
        port.Stop();
        return StartAsync(
            [.. _settings, "--FUNCTIONS_CUSTOMHANDLER_PORT", $"{number}", "--Keys:Function:default", "checked-by-the-host",
            .. Keys, "--Sessions:SyncAfterSeconds", "0"],
            later);
    }

    public async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        await (await _next).DisposeAsync();
    }

    private Task<ServiceProcess> StartAsync(string[] settings, TimeSpan later = default) =>
        ServiceProcess.StartAsync(new ServiceAhead((Step * _started++) + later, LargeWork.LargeBytes), settings);
}
