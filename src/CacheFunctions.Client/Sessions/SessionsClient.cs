using System.Globalization;

namespace CacheFunctions.Client;

/// <summary>Edit sessions over HTTP. <see cref="OpenAsync"/> gives one as an object that keeps its lock and ends itself.</summary>
public sealed class SessionsClient
{
    private readonly Transport _http;
    private readonly JobsClient _jobs;

    internal SessionsClient(Transport http, JobsClient jobs) => (_http, _jobs) = (http, jobs);

    /// <summary>Opens a file and waits until its copy is there.</summary>
    /// <param name="progress">Told how far the copy of a large file is.</param>
    /// <exception cref="CacheApiException">423 <c>locked</c>: somebody else has it, and the details say who and until when.</exception>
    public Task<EditSession> OpenAsync(NewSession wanted, IProgress<JobInfo>? progress = null, CancellationToken cancellation = default) =>
        EditSession.OpenAsync(_http, this, wanted, progress, cancellation);

    /// <summary>Opens a file. A large one is being prepared; the outcome's value tells of the session at once.</summary>
    public async Task<Outcome<SessionInfo>> CreateAsync(NewSession wanted, CancellationToken cancellation = default) =>
        (await CreateTimedAsync(wanted, cancellation)).Outcome;

    public PagedList<SessionInfo> List(SessionQuery? query = null) => Lists.Of<SessionInfo>(
        _http,
        "sessions",
        cursor => "api/sessions" + Address.Query(
            ("user_id", query?.UserId), ("state", Address.Word(query?.State)), ("limit", query?.PageSize), ("cursor", cursor)));

    public Task<SessionInfo> GetAsync(string sessionId, CancellationToken cancellation = default) => _http.GetAsync<SessionInfo>(One(sessionId), cancellation);

    /// <param name="version">null: the newest.</param>
    public Task<CacheContent> OpenContentAsync(
        string sessionId, ReadConditions? conditions = null, long? version = null, CancellationToken cancellation = default) =>
        CacheContent.OpenAsync(_http, ContentOf(sessionId, version), conditions, cancellation);

    /// <inheritdoc cref="OpenContentAsync"/>
    public Task<ContentInfo> GetContentInfoAsync(
        string sessionId, ReadConditions? conditions = null, long? version = null, CancellationToken cancellation = default) =>
        CacheContent.HeadAsync(_http, ContentOf(sessionId, version), conditions, cancellation);

    /// <summary>Saves a new version. What this answers is kept, whatever happens then.</summary>
    /// <param name="content">From where it stands to its end. One that cannot seek is sent once only.</param>
    /// <exception cref="CacheApiException">412: the version or the fence is not the newest, and nothing was changed.</exception>
    public Task<SavedVersion> SaveAsync(string sessionId, Stream content, WriteConditions? conditions = null, CancellationToken cancellation = default) =>
        WriteAsync(HttpMethod.Put, sessionId, content, StreamBody.Of(content), conditions, cancellation);

    /// <summary>Saves a new version in which a span is replaced; the rest is kept without being sent. Not repeated by itself.</summary>
    /// <param name="offset">Where the span begins; at most the content's length, to append.</param>
    /// <param name="content">The span, from where the stream stands to its end, at least 1 byte; must be able to seek.</param>
    /// <param name="totalBytes">How long the content is then; null: as it follows.</param>
    public Task<SavedVersion> PatchAsync(
        string sessionId, long offset, Stream content, long? totalBytes = null, WriteConditions? conditions = null, CancellationToken cancellation = default)
    {
        if (!content.CanSeek || content.Length == content.Position) throw new ArgumentException("It must have a length, and that not 0.", nameof(content));
        var last = offset + content.Length - content.Position - 1;
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{last}/{totalBytes?.ToString(CultureInfo.InvariantCulture) ?? "*"}");
        return WriteAsync(HttpMethod.Patch, sessionId, content, StreamBody.Of(content, null, ("Content-Range", range)), conditions, cancellation);
    }

    /// <summary>The history, the newest first.</summary>
    /// <param name="pageSize">1 to 500 (50).</param>
    public PagedList<VersionInfo> ListVersions(string sessionId, int? pageSize = null) => Lists.Of<VersionInfo>(
        _http, "versions", cursor => $"{One(sessionId)}/versions" + Address.Query(("limit", pageSize), ("cursor", cursor)));

    /// <summary>Saves an older version as the newest.</summary>
    public async Task<SavedVersion> RestoreAsync(string sessionId, long version, WriteConditions? conditions = null, CancellationToken cancellation = default) =>
        (await PostAsync<SavedVersion>(sessionId, string.Create(CultureInfo.InvariantCulture, $"versions/{version}/restore"), null, conditions, cancellation)).Data;

    /// <summary>An address for a save that goes straight to storage; then <see cref="CommitUploadAsync"/>.</summary>
    public async Task<UploadAddress> CreateUploadAsync(string sessionId, WriteConditions? conditions = null, CancellationToken cancellation = default) =>
        (await PostAsync<UploadAddress>(sessionId, "upload-url", null, conditions, cancellation)).Data;

    /// <summary>Makes what was uploaded the newest version.</summary>
    /// <param name="sha256">Of all of it, in hex.</param>
    public async Task<Outcome<SavedVersion>> CommitUploadAsync(
        string sessionId, string uploadId, long sizeBytes, string sha256, WriteConditions? conditions = null, CancellationToken cancellation = default)
    {
        var call = Posting(sessionId, "commit", new { UploadId = uploadId, SizeBytes = sizeBytes, Sha256 = sha256 }, conditions);
        return await _jobs.OutcomeAsync(
            call,
            async (_, cancelled) =>
            {
                var session = await GetAsync(sessionId, cancelled);
                return new SavedVersion(session.SessionId, session.Version, session.Etag, session.Sha256, session.SizeBytes);
            },
            cancellation);
    }

    /// <summary>Writes it back to its origin. A session that is not dirty is left as it is.</summary>
    /// <exception cref="CacheApiException">409 <c>conflict</c>: somebody else changed the file; the details tell both versions.</exception>
    public async Task<Outcome<SyncResult>> SyncAsync(
        string sessionId, OnConflict? onConflict = null, long? fence = null, CancellationToken cancellation = default)
    {
        var answer = await PostAsync<SyncResult>(
            sessionId, "sync", onConflict is null ? null : new { OnConflict = onConflict }, new WriteConditions { Fence = fence }, cancellation);
        return _jobs.Outcome(
            answer.Data,
            answer.JobId,
            async (_, cancelled) => await GetAsync(sessionId, cancelled) is var session ? new SyncResult(session, Written: true, session.ConflictCopy, null) : null!);
    }

    /// <summary>Ends it and frees its lock.</summary>
    /// <param name="sync">false: unsynced work is given up; else it is written back first.</param>
    /// <exception cref="CacheApiException">409: it could not be written back, and the session goes on.</exception>
    public async Task<SessionInfo> EndAsync(string sessionId, bool sync = true, long? fence = null, CancellationToken cancellation = default)
    {
        while (true)
        {
            try
            {
                var call = new Call(HttpMethod.Delete, One(sessionId) + Address.Query(("sync_before_cleanup", sync ? null : false)))
                {
                    Headers = [WriteConditions.FenceHeader(fence)],
                };
                return (await _http.AnswerAsync<SessionInfo>(call, cancellation)).Data;
            }
            catch (CacheApiException error) when (error.Code == "conflict" && error.Details.TryGetValue("job_id", out var job))
            {
                // A large file is still being written back; once that is done the session can end.
                await _jobs.WaitAsync(job.GetString()!, null, cancellation);
            }
        }
    }

    /// <summary>Ends sessions that nobody uses; an admin's.</summary>
    /// <param name="maxAgeMinutes">For how long nobody has, 1 to 525,600; null: as the service is set.</param>
    /// <param name="dryRun">true: only tells which.</param>
    public Task<SessionCleanup> CleanUpAsync(int? maxAgeMinutes = null, bool dryRun = false, CancellationToken cancellation = default) =>
        _http.SendAsync<SessionCleanup>(HttpMethod.Post, "api/sessions/cleanup", new { MaxAgeMinutes = maxAgeMinutes, DryRun = dryRun }, cancellation);

    public Task<SessionStatistics> GetStatisticsAsync(CancellationToken cancellation = default) =>
        _http.GetAsync<SessionStatistics>("api/sessions/statistics", cancellation);

    /// <summary>The log, the newest first.</summary>
    /// <param name="sessionId">Of one session only.</param>
    public PagedList<OperationInfo> ListOperations(OperationQuery? query = null, string? sessionId = null) =>
        (query ?? new()).Read(_http, "api/sessions/operations", "session_id", sessionId);

    /// <returns>And what time it was for the service.</returns>
    internal async Task<(Outcome<SessionInfo> Outcome, DateTimeOffset At)> CreateTimedAsync(NewSession wanted, CancellationToken cancellation)
    {
        var answer = await _http.AnswerAsync<SessionInfo>(new Call(HttpMethod.Post, "api/sessions") { Body = Transport.JsonBody(wanted) }, cancellation);
        return (_jobs.Outcome(answer.Data, answer.JobId, (_, cancelled) => GetAsync(answer.Data.SessionId, cancelled)), answer.Timestamp);
    }

    private static string One(string sessionId) => $"api/sessions/{Address.Step(sessionId)}";

    private static string ContentOf(string sessionId, long? version) => $"{One(sessionId)}/content" + Address.Query(("version", version));

    private static Call Posting(string sessionId, string what, object? body, WriteConditions? conditions) => new(HttpMethod.Post, $"{One(sessionId)}/{what}")
    {
        Body = Transport.JsonBody(body),
        Headers = conditions?.Headers ?? [],
    };

    private Task<Answer<T>> PostAsync<T>(string sessionId, string what, object? body, WriteConditions? conditions, CancellationToken cancellation) =>
        _http.AnswerAsync<T>(Posting(sessionId, what, body, conditions), cancellation);

    private async Task<SavedVersion> WriteAsync(
        HttpMethod method, string sessionId, Stream content, Func<HttpContent> body, WriteConditions? conditions, CancellationToken cancellation)
    {
        var call = new Call(method, ContentOf(sessionId, null))
        {
            Body = body,
            BodyRepeats = content.CanSeek,
            Headers = conditions?.Headers ?? [],
            IsConditionalWrite = conditions?.IfMatch is not null,
        };
        return (await _http.AnswerAsync<SavedVersion>(call, cancellation)).Data;
    }
}
