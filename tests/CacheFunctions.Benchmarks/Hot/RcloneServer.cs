using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CacheFunctions.Benchmarks.Hot;

/// <summary>rclone serve http over the container of the raw files, all of it cached once it was read.</summary>
internal sealed class RcloneServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _cache;

    private RcloneServer(Process process, DirectoryInfo cache, Uri address) => (_process, _cache, Address) = (process, cache, address);

    public Uri Address { get; }

    public static async Task<RcloneServer> StartAsync(string program, Uri container)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var cache = Directory.CreateTempSubdirectory("cachefunctions-rclone-");
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in new[]
                 {
                     "serve", "http", ":azureblob:raw", "--addr", $"127.0.0.1:{address.Port}", "--vfs-cache-mode", "full",
                     "--cache-dir", cache.FullName, "--config", "/dev/null", "--dir-cache-time", "1h",
                 }) start.ArgumentList.Add(argument);
        start.Environment["RCLONE_AZUREBLOB_SAS_URL"] = container.AbsoluteUri;
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(address);
                return new RcloneServer(process, cache, address);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _cache.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
