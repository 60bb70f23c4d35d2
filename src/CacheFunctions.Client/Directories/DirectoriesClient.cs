using System.Net.Http.Headers;

namespace CacheFunctions.Client;

/// <summary>The directory cache over HTTP.</summary>
public sealed class DirectoriesClient
{
    private readonly Transport _http;
    private readonly JobsClient _jobs;

    internal DirectoriesClient(Transport http, JobsClient jobs) => (_http, _jobs) = (http, jobs);

    /// <summary>Registers what lies there, or counts it anew.</summary>
    /// <param name="fromOrigin">An origin's folder that is brought first; null: none.</param>
    /// <param name="compress">Whether its files are stored compressed from then on; null: as before.</param>
    /// <exception cref="CacheApiException">507 <c>quota_exceeded</c>.</exception>
    public Task<Outcome<CachedDirectoryInfo>> RegisterAsync(
        string path, string? fromOrigin = null, bool? compress = null, CancellationToken cancellation = default) => _jobs.OutcomeAsync(
        new Call(HttpMethod.Post, At("register", path) + Address.Query(("from_origin", fromOrigin), ("compress", compress))),
        (_, cancelled) => GetAsync(path, cancelled),
        cancellation);

    public PagedList<CachedDirectoryInfo> List(DirectoryListQuery? query = null) => Lists.Of<CachedDirectoryInfo>(
        _http,
        "directories",
        cursor => "cache/directories" + Address.Query(
            ("limit", query?.PageSize), ("cursor", cursor), ("sort", query?.Sort), ("consistent", query?.Consistent == true ? true : null)));

    public Task<CachedDirectoryInfo> GetAsync(string path, CancellationToken cancellation = default) =>
        _http.GetAsync<CachedDirectoryInfo>(At("directories", path), cancellation);

    /// <summary>Forgets a directory; its files stay readable, unless they are removed with it.</summary>
    /// <exception cref="CacheApiException">409 <c>conflict</c>: it, or one in it whose files would go, is pinned.</exception>
    public Task<Outcome<RemovedDirectory>> RemoveAsync(string path, bool removeFiles = false, CancellationToken cancellation = default) => _jobs.OutcomeAsync(
        new Call(HttpMethod.Delete, At("directories", path) + Address.Query(("remove_files", removeFiles ? true : null))),
        (job, _) => Task.FromResult(new RemovedDirectory(job.FilePath, null, null, removeFiles)),
        cancellation);

    /// <summary>Stores a file in a directory; the last write wins.</summary>
    /// <param name="content">From where it stands to its end. One that cannot seek is sent once only.</param>
    public async Task<StoredDirectoryFile> WriteFileAsync(string path, Stream content, CancellationToken cancellation = default) =>
        (await _http.AnswerAsync<StoredDirectoryFile>(
            new Call(HttpMethod.Put, At("content", path)) { Body = StreamBody.Of(content), BodyRepeats = content.CanSeek }, cancellation)).Data;

    /// <summary>Every read extends the TTL of the directories that hold the file.</summary>
    public Task<CacheContent> OpenFileAsync(string path, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, At("content", path), conditions, cancellation);

    public Task<ContentInfo> GetFileInfoAsync(string path, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, At("content", path), conditions, cancellation);

    public Task<DeletedDirectoryFile> DeleteFileAsync(string path, CancellationToken cancellation = default) =>
        _http.SendAsync<DeletedDirectoryFile>(HttpMethod.Delete, At("content", path), null, cancellation);

    /// <summary>Keeps a directory, whatever happens.</summary>
    public Task<CachedDirectoryInfo> PinAsync(string path, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedDirectoryInfo>(HttpMethod.Put, At("pins", path), null, cancellation);

    public Task<CachedDirectoryInfo> UnpinAsync(string path, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedDirectoryInfo>(HttpMethod.Delete, At("pins", path), null, cancellation);

    public Task<DirectoryStatistics> GetStatisticsAsync(bool consistent = false, CancellationToken cancellation = default) =>
        _http.GetAsync<DirectoryStatistics>("cache/stats" + Address.Query(("consistent", consistent ? true : null)), cancellation);

    /// <summary>The log, the newest first; it says why each was evicted.</summary>
    /// <param name="path">Of one directory only.</param>
    public PagedList<OperationInfo> ListOperations(OperationQuery? query = null, string? path = null) =>
        (query ?? new()).Read(_http, "cache/operations", "path", path);

    /// <summary>Removes what has expired, and evicts what the quota demands.</summary>
    /// <param name="dryRun">true: only tells what.</param>
    public Task<Outcome<DirectoryCleanup>> CleanUpAsync(bool dryRun = false, CancellationToken cancellation = default) =>
        _jobs.OutcomeAsync<DirectoryCleanup>(Posting("cache/cleanup", new { DryRun = dryRun }), null, cancellation);

    /// <summary>Starts the scheduled cleaning, on all instances and for good. Twice is fine.</summary>
    public Task<SchedulerInfo> StartSchedulerAsync(CancellationToken cancellation = default) =>
        _http.SendAsync<SchedulerInfo>(HttpMethod.Post, "cache/start-scheduler", null, cancellation);

    /// <inheritdoc cref="StartSchedulerAsync"/>
    public Task<SchedulerInfo> StopSchedulerAsync(CancellationToken cancellation = default) =>
        _http.SendAsync<SchedulerInfo>(HttpMethod.Post, "cache/stop-scheduler", null, cancellation);

    /// <summary>Brings folders and files of origins before anybody asks. What fails is told, and does not hold up the others.</summary>
    public Task<Outcome<WarmReport>> WarmAsync(WarmRequest wanted, CancellationToken cancellation = default) =>
        _jobs.OutcomeAsync<WarmReport>(Posting("cache/warm", wanted), null, cancellation);

    /// <summary>What other policies, or another quota, would have done with what was read.</summary>
    public Task<Outcome<SimulationReport>> SimulateAsync(SimulationRequest? wanted = null, CancellationToken cancellation = default) =>
        _jobs.OutcomeAsync<SimulationReport>(Posting("cache/simulate", wanted ?? new()), null, cancellation);

    /// <summary>Tells of files that came past the service, as Event Grid does. One, or a batch of up to 5,000.</summary>
    public async Task<StorageEventsTaken> TellAsync(IReadOnlyList<StorageEvent> events, CancellationToken cancellation = default)
    {
        var isBatch = events.Count != 1;
        var json = Transport.JsonBody(isBatch ? events : events[0])!;
        var call = new Call(HttpMethod.Post, "cache/events/storage")
        {
            Body = () =>
            {
                var content = json();
                content.Headers.ContentType = new MediaTypeHeaderValue(isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json");
                return content;
            },
        };
        return (await _http.AnswerAsync<StorageEventsTaken>(call, cancellation)).Data;
    }

    /// <summary>The handshake by which a sender of such events asks whether it may.</summary>
    /// <param name="origin">The sender, a DNS name.</param>
    /// <param name="rate">How many events a minute it would send; null: it does not say.</param>
    /// <returns>How many a minute it may send; <c>*</c>: any number.</returns>
    public async Task<string?> AskToTellAsync(string origin, int? rate = null, CancellationToken cancellation = default)
    {
        var call = new Call(HttpMethod.Options, "cache/events/storage")
        {
            Headers = [("WebHook-Request-Origin", origin), ("WebHook-Request-Rate", rate?.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        };
        using var response = await _http.SendAsync(call, cancellation);
        return response.Headers.TryGetValues("WebHook-Allowed-Rate", out var rates) ? rates.First() : null;
    }

    private static string At(string what, string path) => $"cache/{what}/{Address.Path(path)}";

    private static Call Posting(string address, object body) => new(HttpMethod.Post, address) { Body = Transport.JsonBody(body) };
}
