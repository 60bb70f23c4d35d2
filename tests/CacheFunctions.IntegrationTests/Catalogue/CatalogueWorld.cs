using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.IntegrationTests.Service;
using CacheFunctions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static CacheFunctions.IntegrationTests.Service.TestService;

namespace CacheFunctions.IntegrationTests.Catalogue;

/// <summary>The service on a clock that a test turns, with what its log says of the storage calls of each request.</summary>
internal sealed partial class CatalogueWorld : IAsyncDisposable
{
    public const string FilesAddress = "/api/cached/files";

    private readonly CostLog _costs;

    private CatalogueWorld(TestService service, ManualTime time, CostLog costs) => (Service, Time, _costs) = (service, time, costs);

    public TestService Service { get; }

    public ManualTime Time { get; }

    public HttpClient Http => Service.Http;

    public static async Task<CatalogueWorld> OpenAsync(ManualTime? time = null, params string[] settings)
    {
        var (clock, costs) = (time ?? new ManualTime(), new CostLog());
        var service = await TestService.StartAsync(
            services => services.AddSingleton<TimeProvider>(clock).AddSingleton<ILoggerProvider>(costs), settings);
        return new CatalogueWorld(service, clock, costs);
    }

    /// <summary>Caches a file of the origin, which is made first.</summary>
    public async Task<string> AddAsync(string path, int length, string more = "")
    {
        Service.Put(path, new byte[length]);
        return await RecordAsync($$"""{"file_path": "{{path}}"{{(more.Length > 0 ? ", " + more : "")}}}""");
    }

    public async Task<string> RecordAsync(string body)
    {
        using var answer = await Http.PostAsync(FilesAddress, Json(body));
        return (await DataAsync(answer)).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string address)
    {
        using var answer = await Http.GetAsync(address);
        return await DataAsync(answer);
    }

    public async Task<string[]> NamesAsync(string query, string items = "files") => [.. Names(await GetAsync(query), items)];

    public static IEnumerable<string> Names(JsonElement data, string items = "files") =>
        data.GetProperty(items).EnumerateArray().Select(file => file.GetProperty("filename").GetString()!);

    /// <summary>Storage calls of the request itself, as the service's own log tells them.</summary>
    public async Task<(JsonElement Data, int Calls)> CostAsync(string address)
    {
        using var answer = await Http.GetAsync(address);
        var data = await DataAsync(answer);
        return (data, await _costs.OfAsync(answer.Headers.GetValues("x-request-id").Single()));
    }

    /// <summary>Waits until a request has ended for the service, too, which counts what it served after its last byte.</summary>
    public Task EndedAsync(HttpResponseMessage answer) => _costs.OfAsync(answer.Headers.GetValues("x-request-id").Single());

    /// <summary>Hits that have gathered become known, and time goes on until lists must look.</summary>
    public async Task LetHitsArriveAsync()
    {
        await Service.Services.GetRequiredService<Notices>().SendAsync(default);
        Time.Advance(TimeSpan.FromSeconds(3));
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    private sealed partial class CostLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<int>> _calls = new();

        public Task<int> OfAsync(string request) => Of(request).Task.WaitAsync(TimeSpan.FromSeconds(30));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Line().Match(formatter(state, exception)) is not { Success: true } line) return;
            Of(line.Groups[1].Value).TrySetResult(
                Count().Matches(line.Groups[2].Value).Sum(count => int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture)));
        }

        public void Dispose()
        {
        }

        private TaskCompletionSource<int> Of(string request) =>
            _calls.GetOrAdd(request, _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));

        [GeneratedRegex(@"request (\S+), storage: (.*)$")]
        private static partial Regex Line();

        [GeneratedRegex(@" (\d+)")]
        private static partial Regex Count();
    }
}
