using System.Diagnostics;
using System.Globalization;

namespace CacheFunctions.Benchmarks;

/// <summary>The self-host as a process of its own, whose memory can be told.</summary>
public sealed class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>What a program says when it does, and then where.</summary>
    public const string Listening = "CacheFunctions listens on ";

    private readonly Process _process;

    private ServiceUnderTest(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="program">Beside this one; it says where it listens.</param>
    public static async Task<ServiceUnderTest> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Listening, StringComparison.Ordinal)) continue;
            // Read on, or a full pipe would stop the service.
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServiceUnderTest(process, new Uri(line[Listening.Length..]));
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }

    /// <summary>In bytes, of memory that is in use at this moment.</summary>
    public long Resident => Status("VmRSS:");

    /// <summary>The highest since <see cref="ResetPeak"/>, in bytes.</summary>
    public long Peak => Status("VmHWM:");

    public void ResetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(each => each.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
