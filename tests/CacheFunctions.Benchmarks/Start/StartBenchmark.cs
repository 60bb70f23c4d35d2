using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.Benchmarks.Start;

/// <summary>
/// From the start of the process to the end of its first answer, which needs a read of a blob: the published package of the custom handler
/// against the build that is compiled while it runs, in turns.
/// </summary>
public static class StartBenchmark
{
    private const int Turns = 10;
    private const double Promised = 230;
    private const string Program = "CacheFunctions.SelfHost";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    /// <param name="package">The folder that it was published to.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string package)
    {
        if (!File.Exists(Path.Combine(package, Program)))
        {
            Console.Error.WriteLine($"There is no {Program} in '{package}'. docs/deployment.md says how to publish the custom handler.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("cachefunctions-start-");
        var installation = await new AzuriteInstaller(Console.Error.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        await using (var azurite = await AzuriteProcess.StartAsync(installation, folder.CreateSubdirectory("storage").FullName, TimeProvider.System, default))
        {
            var settings = Settings(azurite.ConnectionString, folder.CreateSubdirectory("origin").FullName);
            var (built, published) = (Path.Combine(AppContext.BaseDirectory, Program), Path.Combine(Path.GetFullPath(package), Program));
            // The first start makes what storage lacks, and the file that is read.
            await StartAsync(built, settings, async (http, address) =>
            {
                using var put = await http.PutAsync(address, new ByteArrayContent(new byte[4096]));
                put.EnsureSuccessStatusCode();
            });
            await ReadAsync(published, settings);
            var (alone, ours) = (new List<Took>(), new List<Took>());
            for (var turn = 0; turn < Turns; turn++)
            {
                alone.Add(await ReadAsync(built, settings));
                ours.Add(await ReadAsync(published, settings));
            }

            Tell($"until the first answer with a blob read (promised: {Promised:0} ms)", alone, ours, took => took.Milliseconds);
            Tell("processor time for it, on all cores, which other work of the machine changes less", alone, ours, took => took.ProcessorMilliseconds);
        }

        folder.Delete(recursive: true);
        return 0;
    }

    private static void Tell(string what, List<Took> alone, List<Took> ours, Func<Took, double> figure)
    {
        var (built, published) = (alone.Select(figure).Order().ToList(), ours.Select(figure).Order().ToList());
        var (one, other) = (built[built.Count / 2], published[published.Count / 2]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: as built {one:0} ms ({built[0]:0} to {built[^1]:0}), published {other:0} ms ({published[0]:0} to {published[^1]:0}), ratio {other / one:0.00}"));
    }

    private static Task<Took> ReadAsync(string program, Dictionary<string, string> settings) =>
        StartAsync(program, settings, async (http, address) =>
        {
            if ((await http.GetByteArrayAsync(address)).Length != 4096) throw new InvalidOperationException("The file is not whole.");
        });

    private static async Task<Took> StartAsync(string program, Dictionary<string, string> settings, Func<HttpClient, string, Task> first)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program) { WorkingDirectory = Path.GetDirectoryName(program)!, RedirectStandardOutput = true };
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        // A new machine has nothing that another process left.
        var temporary = Directory.CreateTempSubdirectory("cachefunctions-start-");
        start.Environment["TMPDIR"] = temporary.FullName;
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        try
        {
            while (true)
            {
                try
                {
                    await first(http, "/api/files/start/app/file");
                    var elapsed = watch.Elapsed;
                    process.Refresh();
                    return new Took(elapsed.TotalMilliseconds, process.TotalProcessorTime.TotalMilliseconds);
                }
                catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError && !process.HasExited)
                {
                    await Task.Delay(Look);
                }
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            temporary.Delete(recursive: true);
        }
    }

    private static Dictionary<string, string> Settings(string storage, string origin) => new()
    {
        ["AzureWebJobsStorage"] = storage,
        ["Origins__nas__Path"] = origin,
        ["Encryption__Keys__k1"] = Convert.ToBase64String(SHA256.HashData("a key for a benchmark"u8)),
        ["Logging__LogLevel__Default"] = "Warning",
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
    };

    private static int FreePort()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        return ((IPEndPoint)port.LocalEndpoint).Port;
    }

    /// <summary>From the start of the process until the first answer was there.</summary>
    private sealed record Took(double Milliseconds, double ProcessorMilliseconds);
}
