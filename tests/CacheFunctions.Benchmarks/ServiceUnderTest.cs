using System.Diagnostics;

namespace CacheFunctions.Benchmarks;

/// <summary>A program of this build, such as the self-host, as a process of its own whose memory can be told.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>What a program says when it does, and then where.</summary>
    public const string Listening = "CacheFunctions listens on ";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ServiceUnderTest(Process process, DirectoryInfo folder, MeasuredProcess memory, Uri address) =>
        (_process, _folder, Memory, Address) = (process, folder, memory, address);

    public Uri Address { get; }

    public MeasuredProcess Memory { get; }

    /// <param name="program">Beside this one; it says where it listens.</param>
    public static async Task<ServiceUnderTest> StartAsync(string program, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-measured-");
        var allocations = Path.Combine(folder.FullName, "allocations");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.Address] = allocations;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Listening, StringComparison.Ordinal)) continue;
            // Read on, or a full pipe would stop the service.
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServiceUnderTest(process, folder, new MeasuredProcess(process, allocations), new Uri(line[Listening.Length..]));
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
