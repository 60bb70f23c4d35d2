using System.Diagnostics;
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

    public static async Task<ServiceProcess> StartAsync(string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CacheFunctions.SelfHost.dll"));
        foreach (var setting in settings) start.ArgumentList.Add(setting);
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
}
