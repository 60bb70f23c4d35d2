using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>The self-host as a process of its own, which a test may kill.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private const string Listening = "CacheFunctions listens on ";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => _process = process;

    public HttpClient Http { get; } = new();

    public static Task<ServiceProcess> StartAsync(string[] settings) =>
        StartProgramAsync([Path.Combine(AppContext.BaseDirectory, "CacheFunctions.SelfHost.dll"), .. settings]);

    /// <summary>With a clock that is ahead, so that what an earlier one left behind is taken over without waiting.</summary>
    public static Task<ServiceProcess> StartAsync(ServiceAhead ahead, string[] settings) =>
        StartProgramAsync([typeof(ServiceProcess).Assembly.Location, .. ahead.Arguments, .. settings]);

    private static async Task<ServiceProcess> StartProgramAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Code that is soon killed is not worth the measuring with which it could be compiled better.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var service = new ServiceProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        service._process.OutputDataReceived += (_, line) => service.Read(line.Data);
        service._process.ErrorDataReceived += (_, line) => service.Read(line.Data);
        service._process.Exited += (_, _) => service._address.TrySetException(
            new InvalidOperationException($"The service ended before it listened. It said:\n{service.Output}"));
        service._process.Start();
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        service.Http.BaseAddress = await service._address.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return service;
    }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>In memory at this moment.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>SIGTERM, as a host sends it: the process ends when it has done what it must.</summary>
    public void Terminate()
    {
        const int sigterm = 15;
        Assert.Equal(0, Signal(_process.Id, sigterm));
    }

    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing of the process runs after it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.StartsWith(Listening, StringComparison.Ordinal)) _address.TrySetResult(new Uri(line[Listening.Length..]));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
