using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Opens a session: copies the origin's file, then makes the record with one transaction.</summary>
internal sealed class SessionCreation(SessionStore store, OriginCopier copier, SessionSettings settings)
{
    public async Task<Session> CreateAsync(Caller caller, CreateSession request, string? requestKey, CancellationToken cancellation)
    {
        caller.RequireMayActFor(request.UserId);
        var path = store.Origins.Resolve(request.FilePath, request.NasFilePath);
        var shard = store.Edits.ShardOf(path.Hash);
        if ((await store.Answers.FindAsync<Session>(shard, requestKey, cancellation)).Answer is { } before) return before;
        var id = SessionId.Mint(shard);
        var (content, fingerprint) = await copier.CopyAsync(id, path, request.Create, cancellation);
        return await store.OrDeleteAsync(content.Name, () => store.Answers.UpdateOnceAsync(
            shard, requestKey, token => DecideAsync(id, shard, path, caller, request, content, fingerprint, token), cancellation));
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
            id, request.UserId, request.FilePath, path.Origin.Name, path.Path, path.NasPath, 1, content, fingerprint, now, now, now, SyncedVersion: 1);
        var change = new Change();
        if (request.Lock)
        {
            var (row, pathLock) = await store.GetLockAsync(shard, path, cancellation);
            var (granted, grant) = Locks.Acquire(pathLock, session, settings.LockTtlSeconds, now);
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
