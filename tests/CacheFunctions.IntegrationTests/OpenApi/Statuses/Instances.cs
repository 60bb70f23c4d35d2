using CacheFunctions.IntegrationTests.BadInput;
using CacheFunctions.IntegrationTests.Callers;
using CacheFunctions.IntegrationTests.Overload;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Jobs;
using CacheFunctions.SelfHost;
using Microsoft.Extensions.DependencyInjection;

namespace CacheFunctions.IntegrationTests.OpenApi.Statuses;

/// <summary>Instances of one service, on the same storage and origins, each in a plight of its own.</summary>
internal sealed class Instances : IAsyncDisposable
{
    /// <summary>More than any body of JSON may have, and any content here has.</summary>
    public const long MaxBodyBytes = 2 << 20;

    /// <summary>Of each cache of <see cref="Full"/>: the least that there may be.</summary>
    public const long QuotaBytes = 1 << 20;

    public const string CloudPrefix = "/mnt/cloud/";

    private readonly List<IAsyncDisposable> _all = [];
    private readonly TempDirectory _folder = new();
    private readonly HttpClient _storage = new();
    private HttpClient _http = null!;
    private string _jobId = "";
    private int _files;

    /// <summary>Has nothing to complain of.</summary>
    public LocalService Ordinary { get; private set; } = null!;

    /// <summary>Its callers wait for nothing.</summary>
    public LocalService Impatient { get; private set; } = null!;

    /// <summary>Works on one request of each kind.</summary>
    public LocalService Narrow { get; private set; } = null!;

    /// <summary>Has no room in its caches.</summary>
    public LocalService Full { get; private set; } = null!;

    /// <summary>Does not manage directories.</summary>
    public LocalService Unmanaged { get; private set; } = null!;

    /// <summary>Its storage answers as <see cref="Blobs"/> and <see cref="Tables"/> are told to, and its issuer of tokens not at all.</summary>
    public LocalService Failing { get; private set; } = null!;

    public BusyStorage Blobs { get; private set; } = null!;

    public BusyStorage Tables { get; private set; } = null!;

    /// <summary>Where the files below <see cref="CloudPrefix"/> are, for all instances.</summary>
    public BusyStorage Cloud { get; private set; } = null!;

    public HttpClient Http => _http;

    /// <summary>The origin's folder.</summary>
    public string Origin => _folder.Path;

    public static async Task<Instances> StartAsync()
    {
        var all = new Instances();
        try
        {
            await all.StartAllAsync();
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>A stage that nobody else has.</summary>
    public Task<Stage> StageAsync(Scene scene) => Stage.SetAsync(_http, _storage, scene, NewFile(), _jobId);

    /// <returns>The path of a file of the origin that nobody else knows.</returns>
    public string NewFile()
    {
        var path = $"file-{Interlocked.Increment(ref _files)}.txt";
        File.WriteAllText(_folder.Combine(path), Stage.Content);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        _storage.Dispose();
        _http?.Dispose();
        foreach (var each in Enumerable.Reverse(_all)) await each.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAllAsync()
    {
        Directory.CreateDirectory(_folder.Combine("folder"));
        File.WriteAllText(_folder.Combine("folder/b.txt"), "b");
        var account = await StorageEmulator.NewAccountAsync();
        var issuer = Keep(await TokenIssuer.StartAsync());
        (Cloud, var unused, var cloud) = await BusyStorage.StartAsync(account);
        (Blobs, Tables, var failing) = await BusyStorage.StartAsync(account);
        _all.AddRange([Cloud, unused, Blobs, Tables]);
        var files = new Azure.Storage.Blobs.BlobContainerClient(cloud, "drawings");
        await files.CreateAsync();
        var signed = files.GenerateSasUri(Azure.Storage.Sas.BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1));
        foreach (var name in (string[])["read.txt", "written.txt", "ended.txt"]) await files.UploadBlobAsync(name, new BinaryData(Stage.Content));
        string[] settings =
        [
            .. TestService.SettingsFor(account, _folder.Path),
            "--Origins:cloud:Type", "blob", "--Origins:cloud:ContainerUri", signed.AbsoluteUri, "--Origins:cloud:Prefix", CloudPrefix,
            "--DefaultOrigin", "nas",
            "--Http:MaxBodyBytes", $"{MaxBodyBytes}",
            "--Auth:Authority", issuer.Address, "--Auth:Audience", TokenIssuer.Audience,
            "--Logging:LogLevel:Default", "None",
        ];
        // Alone, since the first one notes what all must agree on.
        Ordinary = await StartAsync([]);
        _http = new HttpClient { BaseAddress = Ordinary.Address };
        var jobs = Ordinary.App.Services.GetRequiredService<JobRunner>();
        var job = await jobs.AddAsync("example", "nothing", "/mnt/nas/a.txt", null, "{}", null);
        await jobs.DropAsync(job);
        _jobId = job.Id;
        Impatient = await StartAsync([], services => services.AddSingleton<TimeProvider>(new ImpatientTime()));
        Narrow = await StartAsync(["--Limits:Light", "1", "--Limits:Content", "1", "--Limits:Heavy", "1"]);
        Full = await StartAsync(["--Cache:MaxBytes", $"{QuotaBytes}", "--DISK_CACHE_MAX_BYTES", $"{QuotaBytes}"]);
        Unmanaged = await StartAsync(["--ENABLE_DISK_CACHE_MANAGEMENT", "false"]);
        // Nothing listens at the port of no service.
        Failing = await StartAsync(["--AzureWebJobsStorage", failing, "--Auth:Authority", "http://127.0.0.1:1"]);

        async Task<LocalService> StartAsync(string[] own, Action<IServiceCollection>? configure = null) =>
            Keep(await LocalService.StartAsync([.. settings, .. own], configure));
    }

    private T Keep<T>(T each) where T : IAsyncDisposable
    {
        _all.Add(each);
        return each;
    }
}
