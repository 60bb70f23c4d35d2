using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using CacheFunctions.Content;
using CacheFunctions.SelfHost.Azurite;

namespace CacheFunctions.Benchmarks;

/// <summary>An Azurite, a service on it in a process of its own, and a folder as its origin.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cachefunctions-bench-");
    private AzuriteProcess? _azurite;
    private BlobContainerClient? _raw;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(10) };

    public ServiceUnderTest Service { get; private set; } = null!;

    public static async Task<Bench> StartAsync()
    {
        var bench = new Bench();
        var installation = await new AzuriteInstaller(Console.Error.WriteLine, TimeProvider.System).EnsureInstalledAsync(default);
        bench._azurite = await AzuriteProcess.StartAsync(
            installation, bench._folder.CreateSubdirectory("storage").FullName, TimeProvider.System, default);
        bench._raw = new BlobContainerClient(bench._azurite.ConnectionString, ContentName.Files);
        await bench._raw.CreateIfNotExistsAsync();
        bench.Service = await ServiceUnderTest.StartAsync(
            "CacheFunctions.SelfHost.dll",
            "--urls", "http://127.0.0.1:0",
            "--AzureWebJobsStorage", bench._azurite.ConnectionString,
            "--Origins:nas:Path", bench._folder.CreateSubdirectory("origin").FullName,
            "--Schedules:Frequent", "0 0 0 1 1 *",
            "--Schedules:Cleanup", "0 0 0 1 1 *",
            "--Schedules:Maintenance", "0 0 0 1 1 *",
            "--Logging:LogLevel:Default", "Warning");
        return bench;
    }

    /// <summary>The path of an origin file on this machine.</summary>
    public string OriginFile(string name) => Path.Combine(_folder.FullName, "origin", name);

    /// <summary>An address of storage itself, without this service. What it has is in the container of the service's files.</summary>
    public Uri RawUrl(string name) => _raw!.GetBlobClient(name)
        .GenerateSasUri(BlobSasPermissions.All, TimeProvider.System.GetUtcNow().AddHours(2));

    /// <summary>The address of all that lies there.</summary>
    public Uri RawUrlOfAll() => _raw!.GenerateSasUri(BlobContainerSasPermissions.All, TimeProvider.System.GetUtcNow().AddHours(2));

    public async Task PutRawAsync(string name, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, RawUrl(name)) { Content = content };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var answer = await Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The same content under another name, which no cache has seen.</summary>
    public async Task CopyRawAsync(string from, string to)
    {
        var copy = await _raw!.GetBlobClient(to).StartCopyFromUriAsync(RawUrl(from));
        await copy.WaitForCompletionAsync();
    }

    /// <summary>Reads an answer to its end.</summary>
    public async Task<long> ReadAsync(Uri address)
    {
        using var answer = await Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[256 << 10];
        long length = 0;
        for (int count; (count = await body.ReadAsync(buffer)) > 0;) length += count;
        return length;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (Service is not null) await Service.DisposeAsync();
        if (_azurite is not null) await _azurite.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
