using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>Another program that serves the same files over HTTP, to be measured beside the service.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private Peer(string name, Process process, DirectoryInfo folder, Uri address) => (Name, _process, _folder, Address) = (name, process, folder, address);

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>rclone serve http over the container of the raw files, all of it cached once it was read.</summary>
    public static Task<Peer> RcloneAsync(string program, Uri container)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-rclone-");
        return StartAsync("rclone", folder, address =>
        {
            var start = new ProcessStartInfo(
                program,
                [
                    "serve", "http", ":azureblob:raw", "--addr", address.Authority, "--vfs-cache-mode", "full",
                    "--cache-dir", folder.FullName, "--config", "/dev/null", "--dir-cache-time", "1h",
                ]);
            start.Environment["RCLONE_AZUREBLOB_SAS_URL"] = container.AbsoluteUri;
            return start;
        });
    }

    /// <summary>nginx over a folder, with one worker and the kernel's own sending of files.</summary>
    /// <param name="files">By name, with how many bytes they have.</param>
    public static async Task<Peer> NginxAsync(string program, IEnumerable<(string Name, int Bytes)> files)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-nginx-");
        // Its worker may be another user.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        foreach (var (name, bytes) in files) await RandomContent.WriteFileAsync(Path.Combine(folder.FullName, name), bytes);
        return await StartAsync("nginx", folder, address =>
        {
            var settings = Path.Combine(folder.FullName, "nginx.conf");
            File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $$"""
                daemon off; worker_processes 1; pid {{folder.FullName}}/nginx.pid; error_log /dev/null;
                events { }
                http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; server { listen {{address.Authority}}; root {{folder.FullName}}; } }
                """));
            return new ProcessStartInfo(program, ["-c", settings, "-e", "/dev/null"]);
        });
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<Peer> StartAsync(string name, DirectoryInfo folder, Func<Uri, ProcessStartInfo> describe)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = describe(address);
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        var told = process.StandardError.ReadToEndAsync();
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(address);
                return new Peer(name, process, folder, address);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(100);
            }
            catch (HttpRequestException)
            {
                throw new InvalidOperationException($"{name} has ended: {await told}");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
