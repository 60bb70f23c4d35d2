using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Opens a session: copies the origin's file, then makes the record with one transaction.</summary>
internal sealed class SessionCreation(SessionStore store, OriginCopier copier, SessionSettings settings)
{
    public async Task<Session> CreateAsync(Caller caller, CreateSession request, CancellationToken cancellation)
    {
        caller.RequireMayActFor(request.UserId);
        var path = store.Origins.Resolve(request.FilePath, request.NasFilePath);
        var shard = store.Edits.ShardOf(path.Hash);
        var id = SessionId.Mint(shard);
        var (content, fingerprint) = await copier.CopyAsync(id, path, request.Create, cancellation);
        try
        {
            return await store.Edits.UpdateAsync(
                shard, token => DecideAsync(id, shard, path, caller, request, content, fingerprint, token), cancellation);
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await store.DeleteUncommittedAsync(content);
            throw;
        }
    }

    private async Task<Decision<Session>> DecideAsync(
        string id,
        int shard,
        OriginPath path,
        Caller caller,
        CreateSession request,
        SavedContent content,
        Fingerprint? fingerprint,
        CancellationToken cancellation)
    {
        var now = store.Now;
        var session = new Session(
            id, request.UserId, request.FilePath, path.Origin.Name, path.Path, path.NasPath, 1, content, fingerprint, now, now, now);
        var change = new Change();
        if (request.Lock)
        {
            var (row, pathLock) = await store.GetLockAsync(shard, path, cancellation);
            var (granted, grant) = Locks.Acquire(pathLock, session, TimeSpan.FromSeconds(settings.LockTtlSeconds), now);
            session = session with { Lock = grant };
            change.Put(SessionRows.LockKey(path.Id), row, SessionRows.Values(granted));
        }

        change
            .Insert(SessionRows.SessionKey(id), SessionRows.Values(session))
            .Insert(SessionRows.VersionKey(id, 1), SessionRows.Values(content, request.UserId, now))
            .Log(SessionStore.Log("session_created", session, Trigger.Of(caller), request.Lock ? "opened and locked" : "opened"));
        return new(change, session);
    }
}
