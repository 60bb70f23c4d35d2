using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Opens a session: copies the origin's file, then makes the record with one transaction.</summary>
internal sealed class SessionCreation(
    SessionStore store, OriginCopier copier, LargeCreation large, JobRunner jobs, SessionSettings settings)
{
    public async Task<Session> CreateAsync(Caller caller, CreateSession request, string? requestKey, CancellationToken cancellation)
    {
        caller.RequireMayActFor(request.UserId);
        var path = store.Origins.Resolve(request.FilePath, request.NasFilePath);
        var shard = store.Edits.ShardOf(path.Hash);
        if ((await store.Answers.FindAsync<Session>(shard, requestKey, cancellation)).Answer is { } before) return before;

        var now = store.Now;
        var session = new Session(
            SessionId.Mint(shard, store.Ids), request.UserId, request.FilePath, path.Origin.Name, path.Path, path.NasPath,
            0, new SavedContent("", 0, ""), null, now, now, now);
        var patience = jobs.NewPatience();
        var copy = await patience.TryAsync(
            token => copier.CopyAsync(session.Id, path, request.Create, settings.LargeBytes, token), cancellation)
            ?? new OriginCopy(null, await OriginCopier.FindAsync(path, cancellation));
        var content = copy.Content ?? await large.ReuseAsync(session.Id, path, copy.Fingerprint!, cancellation);
        if (content is null)
            return await large.CreateAsync(caller, session, path, request.Lock, copy.Fingerprint!, patience, requestKey, cancellation);
        var fingerprint = copy.Fingerprint is null ? null : copy.Fingerprint with { Sha256 = content.Sha256 };
        return await store.OrDeleteAsync(content.Name, () => store.Answers.UpdateOnceAsync(
            shard,
            requestKey,
            async token =>
            {
                var change = new Change();
                var locked = request.Lock ? await LockAsync(store, change, path, session, settings, token) : session;
                return Active(change, locked, content, fingerprint, Trigger.Of(caller), row: null);
            },
            cancellation));
    }

    /// <summary>Adds the path's lock for a new session to its transaction.</summary>
    internal static async Task<Session> LockAsync(
        SessionStore store, Change change, OriginPath path, Session session, SessionSettings settings, CancellationToken cancellation)
    {
        var (row, pathLock) = await store.GetLockAsync(store.ShardOf(session.Id), path, cancellation);
        var (granted, grant) = Locks.Acquire(pathLock, session, settings.LockTtlSeconds, session.CreatedAt);
        change.Put(SessionRows.LockKey(path.Id), row, SessionRows.Values(granted));
        return session with { Lock = grant };
    }

    /// <summary>Makes the session ready with its first version.</summary>
    /// <param name="row">The session's row where it is there already.</param>
    internal static Decision<Session> Active(
        Change change, Session session, SavedContent content, Fingerprint? fingerprint, Trigger trigger, Row? row)
    {
        var active = session with { Version = 1, SyncedVersion = 1, Content = content, Base = fingerprint, JobId = null };
        change
            .Put(SessionRows.SessionKey(active.Id), row, SessionRows.Values(active))
            .Insert(SessionRows.VersionKey(active.Id, 1), SessionRows.Values(content, active.UserId, active.SavedAt))
            .Log(SessionStore.Log("session_created", active, trigger, active.Lock is null ? "opened" : "opened and locked"));
        return new(change, active);
    }
}
