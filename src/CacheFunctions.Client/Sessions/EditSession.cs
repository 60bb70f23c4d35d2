using System.Net;

namespace CacheFunctions.Client;

/// <summary>
/// A file that is open for editing. While it is, a lock that it was opened with is renewed, and every write shows the lock's fence.
/// Disposing ends the session: what was saved and is not synced is written back first. Where that is not possible (the origin's file was
/// changed by somebody else, the service does not answer), disposing says nothing, and the session stays on the service with its work, which
/// the service goes on writing back; whoever wants to be told calls <see cref="EndAsync"/> before.
/// </summary>
public sealed class EditSession : IAsyncDisposable
{
    private readonly SessionsClient _sessions;
    private readonly LockRenewal? _renewal;
    private bool _isEnded;

    private EditSession(SessionsClient sessions, SessionInfo info, LockRenewal? renewal) => (_sessions, Info, _renewal) = (sessions, info, renewal);

    public string Id => Info.SessionId;

    /// <summary>The session as it was opened, or last synced or refreshed.</summary>
    public SessionInfo Info { get; private set; }

    /// <summary>That of its lock; null: it was opened without one.</summary>
    public long? Fence => _renewal?.Fence;

    /// <summary>Cancelled once the lock is lost: it was broken, or could not be renewed in time. Writes are refused with 412 from then on.</summary>
    public CancellationToken LockLost => _renewal?.Lost ?? CancellationToken.None;

    internal static async Task<EditSession> OpenAsync(
        Transport http, SessionsClient sessions, NewSession wanted, IProgress<JobInfo>? progress, CancellationToken cancellation)
    {
        var asked = http.Time.GetTimestamp();
        var (outcome, at) = await sessions.CreateTimedAsync(wanted, cancellation);
        var renewal = outcome.Value!.Lock is { } grant ? new LockRenewal(new LocksClient(http), http.Time, outcome.Value.SessionId, grant, at, asked) : null;
        try
        {
            return new EditSession(sessions, await outcome.WaitAsync(progress, cancellation), renewal);
        }
        catch
        {
            // Nobody will know of it.
            await new EditSession(sessions, outcome.Value, renewal).DisposeAsync();
            throw;
        }
    }

    /// <summary>What the service knows of it now.</summary>
    public async Task<SessionInfo> RefreshAsync(CancellationToken cancellation = default) => Info = await _sessions.GetAsync(Id, cancellation);

    /// <inheritdoc cref="SessionsClient.OpenContentAsync"/>
    public Task<CacheContent> OpenContentAsync(ReadConditions? conditions = null, long? version = null, CancellationToken cancellation = default) =>
        _sessions.OpenContentAsync(Id, conditions, version, cancellation);

    /// <inheritdoc cref="SessionsClient.SaveAsync"/>
    /// <param name="ifMatch">The version that is known; null: the newest, whatever it is.</param>
    public Task<SavedVersion> SaveAsync(Stream content, string? ifMatch = null, CancellationToken cancellation = default) =>
        _sessions.SaveAsync(Id, content, Conditions(ifMatch), cancellation);

    /// <inheritdoc cref="SessionsClient.PatchAsync"/>
    public Task<SavedVersion> PatchAsync(
        long offset, Stream content, long? totalBytes = null, string? ifMatch = null, CancellationToken cancellation = default) =>
        _sessions.PatchAsync(Id, offset, content, totalBytes, Conditions(ifMatch), cancellation);

    public PagedList<VersionInfo> ListVersions(int? pageSize = null) => _sessions.ListVersions(Id, pageSize);

    /// <inheritdoc cref="SessionsClient.RestoreAsync"/>
    public Task<SavedVersion> RestoreAsync(long version, string? ifMatch = null, CancellationToken cancellation = default) =>
        _sessions.RestoreAsync(Id, version, Conditions(ifMatch), cancellation);

    /// <summary>Writes it back to its origin, and waits until it is there.</summary>
    /// <exception cref="CacheApiException">409 <c>conflict</c>: somebody else changed the file; the details tell both versions.</exception>
    public async Task<SyncResult> SyncAsync(OnConflict? onConflict = null, IProgress<JobInfo>? progress = null, CancellationToken cancellation = default)
    {
        var result = await (await _sessions.SyncAsync(Id, onConflict, Fence, cancellation)).WaitAsync(progress, cancellation);
        Info = result.Session;
        return result;
    }

    /// <inheritdoc cref="SessionsClient.EndAsync"/>
    /// <remarks>One that has ended is fine: by a request whose answer was lost, or for want of use.</remarks>
    public async Task EndAsync(bool sync = true, CancellationToken cancellation = default)
    {
        if (_isEnded) return;
        _renewal?.IsEnding = true;
        try
        {
            Info = await _sessions.EndAsync(Id, sync, Fence, cancellation);
            _isEnded = true;
        }
        catch (CacheApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            Info = Info with { State = SessionState.Closed, Lock = null };
            _isEnded = true;
        }
        finally
        {
            _renewal?.IsEnding = _isEnded;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        catch (Exception error) when (error is CacheApiException or HttpRequestException or OperationCanceledException)
        {
            // Its work is on the service, which writes it back; told above.
        }
        finally
        {
            if (_renewal is not null) await _renewal.DisposeAsync();
        }
    }

    private WriteConditions Conditions(string? ifMatch) => new() { Fence = Fence, IfMatch = ifMatch };
}
