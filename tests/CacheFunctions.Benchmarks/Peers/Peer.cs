using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CacheFunctions.Content;

namespace CacheFunctions.Benchmarks.Peers;

/// <summary>Another program that serves the raw files over HTTP from its own cache, to be measured beside the service.</summary>
internal sealed class Peer : IAsyncDisposable
{
    /// <summary>Of each cache, so that a run does not fill the disk: more than what is read warm has.</summary>
    private const string CacheLimit = "1G";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly Uri? _refresh;

    private Peer(string name, Process process, DirectoryInfo folder, Uri address, Uri? refresh)
    {
        (Name, _process, _folder, Address, _refresh) = (name, process, folder, address, refresh);
        Memory = new MeasuredProcess(process);
    }

    public string Name { get; }

    public Uri Address { get; }

    public MeasuredProcess Memory { get; }

    /// <summary>rclone serve http, which keeps all that it has read.</summary>
    /// <param name="container">Of the raw files, with a signature.</param>
    public static Task<Peer> RcloneAsync(string program, Uri container)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-rclone-");
        var control = FreeAddress();
        return StartAsync("rclone", folder, new Uri(control, "/vfs/refresh?recursive=true"), address =>
        {
            var start = new ProcessStartInfo(
                program,
                [
                    "serve", "http", $":azureblob:{ContentName.Files}", "--addr", address.Authority, "--vfs-cache-mode", "full",
                    "--cache-dir", folder.FullName, "--vfs-cache-max-size", CacheLimit, "--config", "/dev/null",
                    "--dir-cache-time", "1h", "--rc", "--rc-no-auth", "--rc-addr", control.Authority,
                ]);
            start.Environment["RCLONE_AZUREBLOB_SAS_URL"] = container.AbsoluteUri;
            return start;
        });
    }

    /// <summary>nginx as a proxy that keeps all that it has read, with one worker and the kernel's own sending of files.</summary>
    /// <inheritdoc cref="RcloneAsync"/>
    public static Task<Peer> NginxAsync(string program, Uri container)
    {
        var folder = Directory.CreateTempSubdirectory("cachefunctions-nginx-");
        return StartAsync("nginx", folder, null, address =>
        {
            var settings = Path.Combine(folder.FullName, "nginx.conf");
            // As this user: its worker would be another one, who may not enter the folder.
            File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $$"""
                user {{Environment.UserName}}; daemon off; worker_processes 1; pid {{folder.FullName}}/nginx.pid; error_log /dev/null;
                events { }
                http {
                  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
                  proxy_cache_path {{folder.FullName}}/cache keys_zone=raw:10m max_size={{CacheLimit}} inactive=1h use_temp_path=off;
                  server {
                    listen {{address.Authority}};
                    location / {
                      proxy_pass {{container.GetLeftPart(UriPartial.Path)}}$uri{{container.Query}};
                      proxy_http_version 1.1; proxy_cache raw; proxy_cache_key $uri; proxy_cache_valid 200 1h; proxy_ignore_headers Cache-Control Expires Vary;
                    }
                  }
                }
                """));
            return new ProcessStartInfo(program, ["-c", settings, "-e", "/dev/null"]);
        });
    }

    /// <summary>Has it see what is new in the container.</summary>
    public async Task RefreshAsync(HttpClient http)
    {
        if (_refresh is null) return;
        using var answer = await http.PostAsync(_refresh, null);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<Peer> StartAsync(string name, DirectoryInfo folder, Uri? refresh, Func<Uri, ProcessStartInfo> describe)
    {
        var address = FreeAddress();
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
                return new Peer(name, process, folder, address, refresh);
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

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
