using CacheFunctions.Http.Content;

namespace CacheFunctions.Sessions;

/// <summary>A session as callers see it.</summary>
internal sealed record SessionAnswer(
    string SessionId,
    string UserId,
    string FilePath,
    string NasFilePath,
    SessionState State,
    long SizeBytes,
    string ContentType,
    string Sha256,
    string Etag,
    long Version,
    bool Dirty,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastAccessed,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastSyncedAt,
    string? ConflictCopy,
    LockAnswer? Lock,
    string? JobId)
{
    /// <summary>Of a copy that is being made; null: none is.</summary>
    public long? BytesDone { get; init; }

    public long? BytesTotal { get; init; }

    public static SessionAnswer Of(Session session, SessionSettings settings, DateTimeOffset now) => new(
        session.Id,
        session.UserId,
        session.FilePath,
        session.NasFilePath,
        session.State(now),
        session.Content.SizeBytes,
        ContentFacts.TypeOf(session.Path),
        session.Content.Sha256,
        session.ETag,
        session.Version,
        session.Dirty,
        session.CreatedAt,
        session.LastAccessed,
        session.LastAccessed.AddMinutes(settings.MaxInactivityMinutes),
        session.LastSyncedAt,
        session.ConflictCopy is { } copy ? session.NasFilePath[..^session.Path.Length] + copy.Path : null,
        session.Lock is { } grant && grant.ExpiresAt > now ? new LockAnswer(grant.Fence, grant.ExpiresAt) : null,
        session.JobId);
}

internal sealed record LockAnswer(long Fence, DateTimeOffset ExpiresAt);
