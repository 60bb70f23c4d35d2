using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Reads and saves a session's versions.</summary>
internal sealed class SessionContent(SessionStore store)
{
    /// <param name="version">null: the newest.</param>
    public async Task<(Session Session, SavedContent Content, DateTimeOffset SavedAt)> FindAsync(
        Caller caller, string id, long? version, CancellationToken cancellation)
    {
        var (shard, _, session) = await store.GetAsync(caller, id, cancellation);
        if (version is null || version == session.Version) return (session, session.Content, session.SavedAt);
        var row = await store.Edits.GetAsync(shard, SessionRows.VersionKey(id, version.Value), cancellation)
            ?? throw CacheException.NotFound($"The session has no version {version}; its newest is {session.Version}.");
        return (session, SessionRows.Content(row), row.Values.RequiredTime("created_at"));
    }

    public async Task<Stream> OpenAsync(SavedContent content, long offset, long? length, CancellationToken cancellation) =>
        await store.Contents.OpenReadAsync(ContentName.Sessions, content.Name, offset, length, cancellation)
        ?? throw CacheException.NotFound("The version is gone: its session was closed meanwhile.");

    /// <summary>Saves a new version. It is readable, on every instance, once this returns.</summary>
    /// <param name="ifMatch">ETags of which the session's newest version must have one; null: any.</param>
    public async Task<Session> SaveAsync(
        Caller caller, string id, Stream stream, long? sizeBytes, IReadOnlyList<string>? ifMatch, CancellationToken cancellation)
    {
        var found = await store.GetAsync(caller, id, cancellation);
        RequireMatch(found.Session, ifMatch);
        var content = await store.WriteContentAsync(id, stream, sizeBytes, cancellation);
        try
        {
            var first = true;
            return await store.Edits.UpdateAsync(
                found.Shard,
                async token =>
                {
                    // The first attempt spares a read: if the row has changed since, the transaction says so.
                    if (!first) found = await store.GetAsync(caller, id, token);
                    first = false;
                    RequireMatch(found.Session, ifMatch);
                    return Decide(caller, found.Row, found.Session, content);
                },
                cancellation);
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await store.DeleteUncommittedAsync(content);
            throw;
        }
    }

    private Decision<Session> Decide(Caller caller, Row row, Session before, SavedContent content)
    {
        var now = store.Now;
        var session = before with
        {
            Version = before.Version + 1,
            Content = content,
            SavedAt = now,
            LastAccessed = now,
            DirtySince = before.DirtySince ?? now,
        };
        var change = new Change()
            .Replace(row, SessionRows.Values(session))
            .Insert(SessionRows.VersionKey(session.Id, session.Version), SessionRows.Values(content, session.UserId, now))
            .Log(SessionStore.Log("session_saved", session, Trigger.Of(caller), $"version {session.Version}"));
        // The marker stands exactly while the session is dirty, since both change in one transaction.
        if (!before.Dirty) change.Insert(SessionRows.DirtyKey(session.Id), SessionRows.Marker(now, session.NasFilePath));
        return new(change, session);
    }

    private static void RequireMatch(Session session, IReadOnlyList<string>? ifMatch)
    {
        if (ifMatch is null || ifMatch.Contains("*") || ifMatch.Contains(session.ETag)) return;
        throw new CacheException(
            ErrorCode.PreconditionFailed,
            $"The session's newest version is {session.Version} ({session.ETag}), not the one named in If-Match. Read it, then save again.",
            new Dictionary<string, object?> { ["etag"] = session.ETag, ["version"] = session.Version });
    }
}
