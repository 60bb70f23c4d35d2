using CacheFunctions.Errors;
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
    private readonly WriteBack _writeBack;
    private readonly SessionEnd _end;
    private readonly SessionList _list;
    private readonly SessionTimer _timer;

    public SessionService(SessionStore store, SessionSettings settings)
    {
        var copier = new OriginCopier(store);
        _store = store;
        _creation = new SessionCreation(store, copier, settings);
        _content = new SessionContent(store);
        _writeBack = new WriteBack(store, copier);
        _end = new SessionEnd(store, _writeBack);
        _list = new SessionList(store);
        _timer = new SessionTimer(store, _writeBack, _end, settings);
    }

    /// <summary>Copies the file into a new session. Streams: memory is bounded whatever the size.</summary>
    /// <exception cref="CacheException">NotFound (the file, without Create), InvalidArgument (the path), Locked, Forbidden, Conflict (it keeps changing).</exception>
    public Task<Session> CreateCacheSessionAsync(Caller caller, CreateSession request, CancellationToken cancellation = default) =>
        _creation.CreateAsync(caller, request, cancellation);

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
    public Task<Stream> GetCachedFileAsync(
        SavedContent content, long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        _content.OpenAsync(content, offset, length, cancellation);

    /// <summary>Saves a new version; it is readable on every instance once this returns.</summary>
    /// <param name="sizeBytes">null: not known before.</param>
    /// <param name="ifMatch">ETags of which the newest version must have one; null: any.</param>
    public Task<Session> UpdateCachedFileAsync(
        Caller caller,
        string sessionId,
        Stream content,
        long? sizeBytes = null,
        IReadOnlyList<string>? ifMatch = null,
        CancellationToken cancellation = default) =>
        _content.SaveAsync(caller, sessionId, content, sizeBytes, ifMatch, cancellation);

    /// <summary>Writes the newest version back to the origin. Idempotent: what the origin has is not written again.</summary>
    /// <param name="fence">The fence of the lock that the caller believes to hold; null: it does not say.</param>
    /// <exception cref="CacheException">Conflict (both fingerprints in the details), Locked, PreconditionFailed (a stale
    /// fence), Forbidden (a read-only origin), QuotaExceeded (the origin is full).</exception>
    public Task<SyncOutcome> SyncToNasAsync(
        Caller caller,
        string sessionId,
        OnConflict onConflict = OnConflict.Fail,
        long? fence = null,
        CancellationToken cancellation = default) =>
        _writeBack.SyncAsync(caller, sessionId, onConflict, fence, Trigger.Of(caller), cancellation);

    /// <summary>Ends the session and frees its lock.</summary>
    /// <param name="syncBeforeCleanup">Write unsynced work back first; false: give it up.</param>
    /// <returns>The session as it was at its end.</returns>
    public Task<Session> CleanupSessionAsync(
        Caller caller, string sessionId, bool syncBeforeCleanup = true, CancellationToken cancellation = default) =>
        _end.EndAsync(caller, sessionId, syncBeforeCleanup, Trigger.Of(caller), cancellation);

    /// <summary>The frequent timer's work.</summary>
    public Task<SessionTimerReport> RunFrequentAsync(CancellationToken cancellation = default) =>
        _timer.RunAsync(cancellation);
}
