using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CacheFunctions.Client;
using CacheFunctions.Content;
using CacheFunctions.SelfHost;
using CacheFunctions.Storage;
using CacheFunctions.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CacheFunctions.IntegrationTests.Service;

/// <summary>The whole service in this process, on a storage account and an origin folder of its own, called over HTTP.</summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly LocalService _service;
    private readonly TempDirectory _origin;

    private TestService(LocalService service, TempDirectory origin)
    {
        _service = service;
        _origin = origin;
        Http = new HttpClient { BaseAddress = service.Address };
        Client = new CacheClient(Http);
    }

    public HttpClient Http { get; }

    public CacheClient Client { get; }

    /// <summary>The origin's folder.</summary>
    public string Origin => _origin.Path;

    public IServiceProvider Services => _service.App.Services;

    public IContentStore Contents => Services.GetRequiredService<IContentStore>();

    public StorageTransactions Transactions => Services.GetRequiredService<StorageTransactions>();

    /// <param name="settings">As on the command line: <c>--Name</c>, <c>value</c>, …</param>
    public static Task<TestService> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    /// <param name="configure">Replaces services.</param>
    public static async Task<TestService> StartAsync(Action<IServiceCollection> configure, params string[] settings)
    {
        var origin = new TempDirectory();
        try
        {
            var service = await LocalService.StartAsync(
                [.. SettingsFor(await StorageEmulator.NewAccountAsync(), origin.Path), .. settings],
                services =>
                {
                    LeadNoTimers(services);
                    configure(services);
                });
            return new TestService(service, origin);
        }
        catch
        {
            origin.Dispose();
            throw;
        }
    }

    public static string[] SettingsFor(string storage, string originFolder) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--AzureWebJobsStorage", storage,
        "--Origins:nas:Path", originFolder,
        "--Origins:nas:Prefix", "/mnt/nas/",
        // No timer comes due in a test that does not want it.
        "--Schedules:Frequent", "0 0 0 1 1 *",
        "--Schedules:Cleanup", "0 0 0 1 1 *",
        "--Schedules:Maintenance", "0 0 0 1 1 *",
    ];

    public void Put(string path, string text) => Put(path, Encoding.UTF8.GetBytes(text));

    public void Put(string path, byte[] bytes)
    {
        var full = _origin.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    /// <summary>A file of zeros that takes no room on the disk.</summary>
    public void PutSparse(string path, long length)
    {
        using var file = File.Create(_origin.Combine(path));
        file.SetLength(length);
    }

    public byte[] GetBytes(string path) => File.ReadAllBytes(_origin.Combine(path));

    public string Get(string path) => File.ReadAllText(_origin.Combine(path));

    /// <summary>Creates a session and gives its id.</summary>
    public async Task<string> OpenAsync(string filePath, string user = "1")
    {
        using var answer = await Http.PostAsync("/api/sessions", Json($$"""{"user_id": "{{user}}", "file_path": "{{filePath}}"}"""));
        return (await DataAsync(answer)).GetProperty("session_id").GetString()!;
    }

    public static StringContent Json(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    /// <summary>The data of an answer that must be a success in the envelope.</summary>
    public static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        var envelope = await EnvelopeAsync(answer);
        Assert.True(envelope.GetProperty("success").GetBoolean(), envelope.GetRawText());
        return envelope.GetProperty("data");
    }

    /// <summary>The error of an answer that must be a failure with this status and code.</summary>
    public static async Task<JsonElement> ErrorAsync(int status, string code, HttpResponseMessage answer)
    {
        var envelope = await EnvelopeAsync(answer);
        Assert.Equal(
            (status, code, false),
            ((int)answer.StatusCode, envelope.GetProperty("code").GetString(), envelope.GetProperty("success").GetBoolean()));
        Assert.NotEmpty(envelope.GetProperty("error").GetString()!);
        return envelope;
    }

    /// <summary>A timer's lead is taken and renewed in storage beside the requests: calls that a test would count, and changes that it would see.</summary>
    public static void LeadNoTimers(IServiceCollection services) => services.AddSingleton<ITimerState, NoLead>();

    /// <summary>Ends when the service has looked at what was stored at the first start, which it does beside the first requests.</summary>
    public static Task HasCheckedSettingsAsync(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<BackgroundService>().Single(each => each.GetType().Name == "FirstSettingsCheck").ExecuteTask!;

    /// <summary>What storage was asked for while <paramref name="work"/> ran.</summary>
    public async Task<StorageCounts> CountAsync(Func<Task> work)
    {
        await HasCheckedSettingsAsync(Services);
        var before = Transactions.Total;
        await work();
        return Transactions.Total.Since(before);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await _service.DisposeAsync();
        _origin.Dispose();
    }

    private static async Task<JsonElement> EnvelopeAsync(HttpResponseMessage answer)
    {
        Assert.Single(answer.Headers.GetValues("x-request-id"));
        var envelope = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync()).RootElement;
        var timestamp = envelope.GetProperty("timestamp").GetString()!;
        Assert.EndsWith("Z", timestamp, StringComparison.Ordinal);
        Assert.True(DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, out _));
        return envelope;
    }

    private sealed class NoLead : ITimerState
    {
        public Task<ITimerLead?> TryLeadAsync(string timer, CancellationToken cancellationToken) => Task.FromResult<ITimerLead?>(null);
    }
}
