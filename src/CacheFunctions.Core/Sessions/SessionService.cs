using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>
/// Edit sessions over files of an origin: a private copy, saved often, written back without losing or tearing
/// anything. The methods are those of the first source document; none needs HTTP. Every method throws
/// <see cref="CacheException"/>: NotFound for a session that is unknown or another user's, Unavailable when storage
/// or the origin does not answer.
/// </summary>
public sealed class SessionService
{
    private readonly SessionStore _store;
    private readonly SessionCreation _creation;
    private readonly SessionContent _content;
    private readonly SessionPatch _patch;
    private readonly SessionUploads _uploads;
    private readonly SessionVersions _versions;
    private readonly SessionLocks _locks;
    private readonly WriteBack _writeBack;
    private readonly SessionEnd _end;
    private readonly SessionList _list;
    private readonly SessionTimer _timer;
    private readonly SessionScan _scan;
    private readonly SessionCleanup _cleanup;
    private readonly SessionSweep _sweep;
    private readonly SessionLog _log;
    private readonly SessionSettings _settings;

    /// <param name="hot">null: content is always read from storage.</param>
    public SessionService(SessionStore store, JobRunner jobs, SessionSettings settings, HotContent? hot = null)
    {
        var copier = new OriginCopier(store);
        var copies = new BaseCopies(store);
        _store = store;
        var versions = new VersionWriter(store);
        _content = new SessionContent(store, versions, new SessionTouch(store, settings), hot ?? HotContent.None);
        _patch = new SessionPatch(store, versions);
        _uploads = new SessionUploads(store, versions, jobs, settings);
        _versions = new SessionVersions(store, versions, settings);
        _locks = new SessionLocks(store, settings);
        _writeBack = new WriteBack(store, copier, copies, jobs, settings);
        _end = new SessionEnd(store, _writeBack);
        _creation = new SessionCreation(store, copier, new LargeCreation(store, copier, copies, _end, jobs, settings), jobs, settings);
        _list = new SessionList(store);
        _scan = new SessionScan(store);
        _cleanup = new SessionCleanup(store, _scan, _end);
        _sweep = new SessionSweep(store);
        _log = new SessionLog(store);
        _settings = settings;
        _timer = new SessionTimer(store, _writeBack, _end, _versions, settings);
    }

    /// <summary>Copies the file into a new session. Streams: memory is bounded whatever the size.</summary>
    /// <param name="requestKey">See <see cref="Conditions.RequestKey"/>.</param>
    /// <exception cref="CacheException">NotFound (the file, without Create), InvalidArgument (the path), Locked, Forbidden, Conflict (it keeps changing).</exception>
    public Task<Session> CreateCacheSessionAsync(
        Caller caller, CreateSession request, string? requestKey = null, CancellationToken cancellation = default) =>
        _writeBack.EndingLeftBehindAsync(() => _creation.CreateAsync(caller, request, requestKey, cancellation), Trigger.Of(caller));

    public async Task<Session> GetSessionInfoAsync(Caller caller, string sessionId, CancellationToken cancellation = default) =>
        (await _store.GetAsync(caller, sessionId, cancellation)).Session;

    /// <param name="limit">How many at the most.</param>
    /// <param name="cursor">What the page before gave; null: from the beginning.</param>
    /// <returns>One page, and the next one's cursor (null: there is none).</returns>
    public Task<(IReadOnlyList<Session> Sessions, string? Cursor)> GetAllActiveSessionsAsync(
        Caller caller, string? userId, SessionState? state, int limit, string? cursor, CancellationToken cancellation = default) =>
        _list.ListAsync(caller, userId, state, limit, cursor, cancellation);

    /// <summary>Which content a version has. One point read.</summary>
    /// <param name="version">null: the newest.</param>
    public Task<(Session Session, SavedContent Content, DateTimeOffset SavedAt)> FindCachedFileAsync(
        Caller caller, string sessionId, long? version = null, CancellationToken cancellation = default) =>
        _content.FindAsync(caller, sessionId, version, cancellation);

    /// <summary>Opens a version's bytes as <see cref="FindCachedFileAsync"/> named them.</summary>
    /// <param name="length">How many; null: to the end.</param>
    public Task<Stream> GetCachedFileAsync(
        SavedContent content, long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        _content.OpenAsync(content, offset, length, cancellation);

    /// <summary>Saves a new version; it is readable on every instance once this returns.</summary>
    /// <param name="sizeBytes">null: not known before.</param>
    /// <exception cref="CacheException">PreconditionFailed: another version, or a stale fence.</exception>
    public Task<Session> UpdateCachedFileAsync(
        Caller caller,
        string sessionId,
        Stream content,
        long? sizeBytes = null,
        Conditions? conditions = null,
        CancellationToken cancellation = default) =>
        _content.SaveAsync(caller, sessionId, content, sizeBytes, conditions ?? Conditions.None, cancellation);

    /// <summary>Saves a version that differs in one span from the newest; the rest is not sent and not stored again.</summary>
    /// <param name="offset">The span's first byte, from 0 to the content's length (which appends).</param>
    /// <param name="length">How many bytes <paramref name="content"/> has, at least 1.</param>
    /// <param name="total">What the whole must have afterwards; null: not said.</param>
    /// <exception cref="CacheException">RangeNotSatisfiable: it begins past the end; PreconditionFailed.</exception>
    public Task<Session> PatchCachedFileAsync(
        Caller caller,
        string sessionId,
        Stream content,
        long offset,
        long length,
        long? total = null,
        Conditions? conditions = null,
        CancellationToken cancellation = default) =>
        _patch.PatchAsync(caller, sessionId, content, offset, length, total, conditions ?? Conditions.None, cancellation);

    /// <summary>Gives an address, good for an hour, to which a new version's content can be sent without passing through here.</summary>
    public Task<SessionUpload> CreateUploadAsync(
        Caller caller, string sessionId, Conditions? conditions = null, CancellationToken cancellation = default) =>
        _uploads.BeginAsync(caller, sessionId, conditions ?? Conditions.None, cancellation);

    /// <summary>Verifies an upload and makes it the newest version. An upload becomes one version, however often it is committed.</summary>
    /// <param name="sha256">In hex.</param>
    /// <returns>The session as of that version; or the job that goes on, if it takes long.</returns>
    /// <exception cref="CacheException">NotFound: nothing was uploaded; InvalidArgument: it is not what was announced.</exception>
    public Task<PatientResult<Session>> CommitUploadAsync(
        Caller caller,
        string sessionId,
        string uploadId,
        long sizeBytes,
        string sha256,
        Conditions? conditions = null,
        CancellationToken cancellation = default) =>
        _uploads.CommitAsync(caller, sessionId, uploadId, sizeBytes, sha256, conditions ?? Conditions.None, cancellation);

    /// <summary>As <see cref="UpdateCachedFileAsync"/>, but an upload becomes one version, however often it is saved.</summary>
    /// <param name="uploadId">The same for the same content.</param>
    internal Task<Session> SaveUploadAsync(
        Caller caller, string sessionId, string uploadId, Stream content, long sizeBytes, Conditions conditions, CancellationToken cancellation) =>
        _uploads.SaveAsync(caller, sessionId, uploadId, content, sizeBytes, conditions, cancellation);

    /// <param name="uploadId">One that may be saved already; null: none yet.</param>
    /// <exception cref="CacheException">What <see cref="SaveUploadAsync"/> would be refused with.</exception>
    internal async Task<Session> RequireMaySaveUploadAsync(
        Caller caller, string sessionId, string? uploadId, Conditions conditions, CancellationToken cancellation = default) =>
        (await _uploads.CheckAsync(caller, sessionId, uploadId, conditions, cancellation)).Session;

    /// <summary>The versions that are kept, newest first.</summary>
    /// <param name="before">Only those before this number; null: from the newest.</param>
    public Task<(Session Session, IReadOnlyList<SessionVersion> Versions)> GetVersionsAsync(
        Caller caller, string sessionId, long? before = null, int limit = 50, CancellationToken cancellation = default) =>
        _versions.ListAsync(caller, sessionId, before, limit, cancellation);

    /// <summary>Makes an older version's content the newest version.</summary>
    public Task<Session> RestoreVersionAsync(
        Caller caller, string sessionId, long version, Conditions? conditions = null, CancellationToken cancellation = default) =>
        _versions.RestoreAsync(caller, sessionId, version, conditions ?? Conditions.None, cancellation);

    /// <summary>Writes the newest version back to the origin. Idempotent: what the origin has is not written again.</summary>
    /// <exception cref="CacheException">Conflict (both fingerprints in the details), Locked, PreconditionFailed (a stale
    /// fence), Forbidden (a read-only origin), QuotaExceeded (the origin is full).</exception>
    public Task<SyncOutcome> SyncToNasAsync(
        Caller caller,
        string sessionId,
        OnConflict onConflict = OnConflict.Fail,
        Conditions? conditions = null,
        CancellationToken cancellation = default) =>
        _writeBack.SyncAsync(caller, sessionId, onConflict, conditions ?? Conditions.None, Trigger.Of(caller), cancellation);

    /// <summary>Ends the session and frees its lock.</summary>
    /// <param name="syncBeforeCleanup">Write unsynced work back first; false: give it up.</param>
    /// <returns>The session as it was at its end.</returns>
    public Task<Session> CleanupSessionAsync(
        Caller caller,
        string sessionId,
        bool syncBeforeCleanup = true,
        Conditions? conditions = null,
        CancellationToken cancellation = default) =>
        _end.EndAsync(
            caller, sessionId, syncBeforeCleanup ? OnConflict.Fail : null, conditions ?? Conditions.None, Trigger.Of(caller), cancellation);

    /// <summary>Locks the session's path: others can then neither lock nor sync it. Asking again renews it under the same fence.</summary>
    /// <param name="ttlSeconds">For how long, 5 to 86,400; null: <see cref="SessionSettings.LockTtlSeconds"/>.</param>
    /// <returns>The session with its grant.</returns>
    /// <exception cref="CacheException">Locked: another session holds it (holder and expires_at in the details).</exception>
    public Task<Session> AcquireLockAsync(
        Caller caller, string sessionId, int? ttlSeconds = null, Conditions? conditions = null, CancellationToken cancellation = default) =>
        _writeBack.EndingLeftBehindAsync(
            () => _locks.AcquireAsync(caller, sessionId, ttlSeconds, conditions ?? Conditions.None, Trigger.Of(caller), cancellation),
            Trigger.Of(caller));

    /// <summary>Renews the lock, also one that has expired, as long as nobody else was granted it.</summary>
    /// <exception cref="CacheException">PreconditionFailed: it is not this session's (any more).</exception>
    public Task<Session> RenewLockAsync(
        Caller caller, string sessionId, int? ttlSeconds = null, Conditions? conditions = null, CancellationToken cancellation = default) =>
        _locks.RenewAsync(caller, sessionId, ttlSeconds, conditions ?? Conditions.None, Trigger.Of(caller), cancellation);

    /// <summary>Frees the path. A session that has no lock is left as it is.</summary>
    /// <exception cref="CacheException">PreconditionFailed: the shown fence is stale.</exception>
    public Task<Session> ReleaseLockAsync(
        Caller caller, string sessionId, Conditions? conditions = null, CancellationToken cancellation = default) =>
        _locks.ReleaseAsync(caller, sessionId, conditions ?? Conditions.None, Trigger.Of(caller), cancellation);

    /// <summary>Who has locked a path, and until when.</summary>
    /// <param name="filePath">As for <see cref="CreateCacheSessionAsync"/>.</param>
    public Task<LockInfo> GetLockInfoAsync(string filePath, CancellationToken cancellation = default) =>
        _locks.FindAsync(filePath, cancellation);

    /// <summary>Whether anybody has locked a path.</summary>
    public async Task<bool> IsFileLockedAsync(string filePath, CancellationToken cancellation = default) =>
        (await GetLockInfoAsync(filePath, cancellation)).Holder is not null;

    /// <summary>Takes a lock from its holder, for admins; the holder's fence is stale from then on.</summary>
    /// <returns>The lock as it was.</returns>
    /// <exception cref="CacheException">Forbidden: not an admin; NotFound: it is not locked.</exception>
    public Task<LockInfo> BreakLockAsync(Caller caller, string filePath, CancellationToken cancellation = default) =>
        _locks.BreakAsync(caller, filePath, Trigger.Of(caller), cancellation);

    /// <summary>Ends sessions that were not used for a while; unsynced work is written back first, conflicts kept as both.</summary>
    /// <param name="maxAgeMinutes">1 to 525,600; null: <see cref="SessionSettings.MaxInactivityMinutes"/>.</param>
    /// <param name="dryRun">Only tell what would be ended.</param>
    public Task<CleanupReport> CleanupInactiveSessionsAsync(
        Caller caller, int? maxAgeMinutes = null, bool dryRun = false, CancellationToken cancellation = default) => _cleanup.RunAsync(
            caller, TimeSpan.FromMinutes(maxAgeMinutes ?? _settings.MaxInactivityMinutes), dryRun, Trigger.Of(caller), cancellation);

    /// <summary>Counts by state and user. Reads every session.</summary>
    public Task<SessionStatistics> GetCacheStatisticsAsync(Caller caller, CancellationToken cancellation = default) =>
        SessionStatistics.OfAsync(_scan, caller, _store.Now, cancellation);

    /// <summary>The log of sessions and locks, newest first; users see what they did, or what was done to theirs.</summary>
    /// <param name="sessionId">null: all sessions'; otherwise also one that has ended.</param>
    public Task<(IReadOnlyList<LoggedOperation> Operations, string? Cursor)> GetOperationsAsync(
        Caller caller, string? sessionId, Func<LoggedOperation, bool> fits, int limit, string? cursor, CancellationToken cancellation = default) =>
        _log.ReadAsync(caller, sessionId, fits, limit, cursor, cancellation);

    /// <summary>The frequent timer's work: writes back what is unsynced for longer than <see cref="SessionSettings.SyncAfterSeconds"/>.</summary>
    public Task<SessionTimerReport> RunFrequentAsync(CancellationToken cancellation = default) =>
        _timer.RunAsync(cancellation);

    /// <summary>The nightly timer's work: deletes content that no session names. O(contents), in bounded memory.</summary>
    /// <returns>How many were deleted.</returns>
    public Task<int> RunMaintenanceAsync(CancellationToken cancellation = default) => _sweep.RunAsync(cancellation);

    /// <summary>The hourly timer's work: inactive sessions, versions that need not be kept, request keys that have run out.</summary>
    public async Task<CleanupReport> RunCleanupAsync(CancellationToken cancellation = default)
    {
        var maxAge = TimeSpan.FromMinutes(_settings.MaxInactivityMinutes);
        var report = await _cleanup.RunAsync(Caller.Machine, maxAge, false, Trigger.Timer, cancellation);
        await foreach (var session in _scan.AllAsync(cancellation))
            if (session.Version > _settings.KeepVersions) await _versions.ThinOutAsync(session.Id, Trigger.Timer, cancellation);
        await _store.Answers.PurgeAsync(cancellation);
        return report;
    }
}
