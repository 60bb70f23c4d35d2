using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>The catalogue of cached files over HTTP.</summary>
public sealed class CachedFilesClient
{
    private const string Files = "api/cached/files";

    private readonly Transport _http;
    private readonly JobsClient _jobs;

    internal CachedFilesClient(Transport http, JobsClient jobs) => (_http, _jobs) = (http, jobs);

    /// <summary>Caches a file, or adds one more user to what is cached. A large one is copied by a job.</summary>
    public async Task<Outcome<CachedFileInfo>> AddAsync(NewCachedFile file, CancellationToken cancellation = default)
    {
        var answer = await _http.AnswerAsync<JsonElement>(new Call(HttpMethod.Post, Files) { Body = Transport.JsonBody(file) }, cancellation);
        var info = answer.JobId is null ? answer.Data.Deserialize<CachedFileInfo>(ClientJson.Options) : null;
        return _jobs.Outcome(info, answer.JobId, (_, cancelled) => GetAsync(answer.Data.GetProperty("file_id").GetString()!, cancelled));
    }

    public PagedList<CachedFileInfo> List(CachedFileQuery? query = null) =>
        Lists.Of<CachedFileInfo>(_http, "files", cursor => Files + (query ?? new()).ToQuery(query?.UserId, cursor));

    /// <summary>What is cached for one user.</summary>
    /// <param name="query">Its own user does not count.</param>
    public PagedList<CachedFileInfo> ListOfUser(string userId, CachedFileQuery? query = null) =>
        Lists.Of<CachedFileInfo>(_http, "files", cursor => $"api/cached/users/{Address.Step(userId)}/files" + (query ?? new()).ToQuery(null, cursor));

    /// <summary>Finds files by a part of a text, in any case.</summary>
    /// <param name="where">null: everywhere.</param>
    /// <param name="pageSize">1 to 500 (50).</param>
    public PagedList<CachedFileInfo> Search(
        string text, CachedFileSearch? where = null, bool includeRemoved = false, int? pageSize = null, bool consistent = false) => Lists.Of<CachedFileInfo>(
        _http,
        "results",
        cursor => Files + "/search" + Address.Query(
            ("q", text), ("type", Address.Word(where)), ("limit", pageSize), ("include_removed", includeRemoved ? true : null), ("cursor", cursor),
            ("consistent", consistent ? true : null)));

    public Task<CachedFileInfo> GetAsync(string fileId, CancellationToken cancellation = default) => _http.GetAsync<CachedFileInfo>(One(fileId), cancellation);

    /// <summary>The bytes of what is cached.</summary>
    public Task<CacheContent> OpenContentAsync(string fileId, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, One(fileId) + "/content", conditions, cancellation);

    /// <inheritdoc cref="OpenContentAsync"/>
    public Task<ContentInfo> GetContentInfoAsync(string fileId, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, One(fileId) + "/content", conditions, cancellation);

    /// <summary>The bytes of an origin's file: from the cache, and fetched into it if they are not there or no longer right.</summary>
    public Task<CacheContent> OpenThroughAsync(string path, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, Through(path), conditions, cancellation);

    /// <inheritdoc cref="OpenThroughAsync"/>
    public Task<ContentInfo> GetThroughInfoAsync(string path, ReadConditions? conditions = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, Through(path), conditions, cancellation);

    /// <param name="reason">For the log; up to 200 characters. null: manual.</param>
    /// <param name="userId">Who wants it removed, for the log.</param>
    public Task<RemovedCachedFile> RemoveAsync(string fileId, string? reason = null, string? userId = null, CancellationToken cancellation = default) =>
        _http.SendAsync<RemovedCachedFile>(HttpMethod.Delete, One(fileId), new { Reason = reason, UserId = userId }, cancellation);

    /// <summary>Notes that a file was used.</summary>
    public Task<CachedFileInfo> NoteAccessAsync(string fileId, string? userId = null, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedFileInfo>(HttpMethod.Post, One(fileId) + "/access", new { UserId = userId }, cancellation);

    /// <param name="reason">Up to 200 characters; null: manual.</param>
    public Task<CachedFileInfo> AddUserAsync(string fileId, string userId, string? reason = null, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedFileInfo>(HttpMethod.Put, $"{One(fileId)}/users/{Address.Step(userId)}", new { AttributionReason = reason }, cancellation);

    public Task<CachedFileInfo> RemoveUserAsync(string fileId, string userId, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedFileInfo>(HttpMethod.Delete, $"{One(fileId)}/users/{Address.Step(userId)}", null, cancellation);

    /// <summary>Keeps a file, whatever happens.</summary>
    public Task<CachedFileInfo> PinAsync(string fileId, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedFileInfo>(HttpMethod.Put, One(fileId) + "/pin", null, cancellation);

    public Task<CachedFileInfo> UnpinAsync(string fileId, CancellationToken cancellation = default) =>
        _http.SendAsync<CachedFileInfo>(HttpMethod.Delete, One(fileId) + "/pin", null, cancellation);

    /// <summary>Carries out many changes; each stands for itself.</summary>
    public Task<Outcome<BatchReport>> ChangeAsync(CachedFileBatch batch, CancellationToken cancellation = default) =>
        _jobs.OutcomeAsync<BatchReport>(Posting("api/cached/batch", batch), null, cancellation);

    /// <summary>Marks files whose copy is gone as orphaned; an admin's.</summary>
    /// <param name="removeOrphaned">Whether they are removed then.</param>
    /// <param name="userId">Who asks, for the log.</param>
    public Task<Outcome<CacheCleanup>> CleanUpAsync(bool removeOrphaned = false, string? userId = null, CancellationToken cancellation = default) =>
        UpkeepAsync(
            Posting("api/cached/cleanup", new { RemoveOrphaned = removeOrphaned, UserId = userId }),
            done => new CacheCleanup(done.Orphaned, done.Removed, removeOrphaned, done.Restored),
            cancellation);

    /// <summary>Looks at every cached file and every copy; an admin's.</summary>
    public Task<Outcome<CacheVerification>> VerifyAsync(CancellationToken cancellation = default) => UpkeepAsync(
        new Call(HttpMethod.Post, "api/cached/verify"),
        done => new CacheVerification(done.Checked, done.Orphaned, done.Restored, done.OriginMissing, done.OriginMissingPaths, done.Swept),
        cancellation);

    /// <summary>Forgets files that were removed long ago; an admin's.</summary>
    /// <param name="daysToKeep">0 to 36,500.</param>
    public Task<Outcome<CachePurge>> PurgeAsync(int daysToKeep, CancellationToken cancellation = default) => UpkeepAsync(
        Posting("api/cached/purge", new { DaysToKeep = daysToKeep }), done => new CachePurge(done.Purged, daysToKeep), cancellation);

    /// <param name="days">Only files cached in so many last days, 1 to 3,650; null: all.</param>
    public Task<CacheStatistics> GetStatisticsAsync(int? days = null, bool consistent = false, CancellationToken cancellation = default) =>
        _http.GetAsync<CacheStatistics>("api/cached/statistics" + Address.Query(("days", days), ("consistent", consistent ? true : null)), cancellation);

    /// <param name="days">1 to 3,650 (30).</param>
    public Task<UserCacheStatistics> GetUserStatisticsAsync(string userId, int? days = null, bool consistent = false, CancellationToken cancellation = default) =>
        _http.GetAsync<UserCacheStatistics>(
            $"api/cached/users/{Address.Step(userId)}/stats" + Address.Query(("days", days), ("consistent", consistent ? true : null)), cancellation);

    /// <summary>All of them as a file; an admin's.</summary>
    /// <param name="format">null: csv.</param>
    public Task<CacheContent> ExportAsync(
        ExportFormat? format = null, string? userId = null, CachedFileStatus? status = null, bool includeMetadata = false, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(
            _http,
            "api/cached/export" + Address.Query(
                ("format", Address.Word(format)), ("user_id", userId), ("status", Address.Word(status)), ("include_metadata", includeMetadata ? true : null)),
            null,
            cancellation);

    /// <summary>The log, the newest first.</summary>
    /// <param name="fileId">Of one file only.</param>
    public PagedList<OperationInfo> ListOperations(OperationQuery? query = null, string? fileId = null) =>
        (query ?? new()).Read(_http, "api/cached/operations", "file_id", fileId);

    private static string One(string fileId) => $"{Files}/{Address.Step(fileId)}";

    private static string Through(string path) => "api/cached/content" + Address.Query(("path", path));

    private static Call Posting(string address, object body) => new(HttpMethod.Post, address) { Body = Transport.JsonBody(body) };

    /// <summary>What the answer says and what the job says of it are two different things here.</summary>
    private Task<Outcome<T>> UpkeepAsync<T>(Call call, Func<UpkeepReport, T> read, CancellationToken cancellation) => _jobs.OutcomeAsync(
        call, (job, _) => Task.FromResult(read(job.Result!.Value.Deserialize<UpkeepReport>(ClientJson.Options)!)), cancellation);
}
