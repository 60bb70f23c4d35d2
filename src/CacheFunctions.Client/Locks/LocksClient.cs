namespace CacheFunctions.Client;

/// <summary>Locks over HTTP. An <see cref="EditSession"/> keeps its own.</summary>
public sealed class LocksClient
{
    private readonly Transport _http;

    internal LocksClient(Transport http) => _http = http;

    /// <summary>Locks a session's file.</summary>
    /// <param name="ttl">For how long, 5 seconds to a day; null: as the service is set.</param>
    /// <exception cref="CacheApiException">423 <c>locked</c>: somebody else has it.</exception>
    public async Task<LockGrant> AcquireAsync(string sessionId, TimeSpan? ttl = null, CancellationToken cancellation = default) =>
        (await SendAsync<LockGrant>(HttpMethod.Post, sessionId, ttl, null, cancellation)).Data;

    /// <inheritdoc cref="AcquireAsync"/>
    /// <exception cref="CacheApiException">412: the fence is not the newest, for the lock was lost.</exception>
    public async Task<LockGrant> RenewAsync(string sessionId, long? fence = null, TimeSpan? ttl = null, CancellationToken cancellation = default) =>
        (await RenewTimedAsync(sessionId, fence, ttl, cancellation)).Data;

    public async Task<ReleasedLock> ReleaseAsync(string sessionId, long? fence = null, CancellationToken cancellation = default) =>
        (await SendAsync<ReleasedLock>(HttpMethod.Delete, sessionId, null, fence, cancellation)).Data;

    /// <summary>Whether a file is locked, by whom, and until when.</summary>
    public Task<LockStatus> GetAsync(string filePath, CancellationToken cancellation = default) => _http.GetAsync<LockStatus>(OfFile(filePath), cancellation);

    /// <summary>Breaks a file's lock; an admin's.</summary>
    public Task<LockStatus> BreakAsync(string filePath, CancellationToken cancellation = default) =>
        _http.SendAsync<LockStatus>(HttpMethod.Delete, OfFile(filePath), null, cancellation);

    internal Task<Answer<LockGrant>> RenewTimedAsync(string sessionId, long? fence, TimeSpan? ttl, CancellationToken cancellation) =>
        SendAsync<LockGrant>(HttpMethod.Put, sessionId, ttl, fence, cancellation);

    private static string OfFile(string filePath) => "api/locks" + Address.Query(("file_path", filePath));

    private Task<Answer<T>> SendAsync<T>(HttpMethod method, string sessionId, TimeSpan? ttl, long? fence, CancellationToken cancellation) => _http.AnswerAsync<T>(
        new Call(method, $"api/sessions/{Address.Step(sessionId)}/lock")
        {
            Body = ttl is { } time ? Transport.JsonBody(new { TtlSeconds = (int)Math.Ceiling(time.TotalSeconds) }) : null,
            Headers = [WriteConditions.FenceHeader(fence)],
        },
        cancellation);
}

/// <summary>A lock that was given or renewed.</summary>
public sealed record LockGrant(string SessionId, string UserId, string FilePath, long Fence, DateTimeOffset ExpiresAt);

public sealed record ReleasedLock(string SessionId, string FilePath, bool Locked);

/// <param name="Holder">The user; null: nobody.</param>
public sealed record LockStatus(string NasFilePath, bool Locked, string? Holder, long? Fence, DateTimeOffset? ExpiresAt);
