using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Makes saved content a session's newest version, with one transaction: session, version, dirty marker, and the lock,
/// which every save renews. Safe to repeat, since a lost attempt has changed nothing and each is decided from what is
/// read then.
/// </summary>
internal sealed class VersionWriter(SessionStore store)
{
    /// <summary>The session as a change of it begins, after everything that can be refused without writing anything.</summary>
    public async Task<FoundSession> BeginAsync(Caller caller, string id, Conditions conditions, CancellationToken cancellation)
    {
        var (shard, row, session) = await store.GetAsync(caller, id, cancellation);
        SessionStore.RequireReady(session);
        RequireMatch(session, conditions.IfMatch);
        if (conditions.Fence is not { } fence) return new FoundSession(shard, row, session, null);
        var found = await store.GetLockAsync(shard, store.PathOf(session), cancellation);
        Locks.RequireFence(found.Lock, session, fence);
        return new FoundSession(shard, row, session, found);
    }

    /// <param name="found">From <see cref="BeginAsync"/>: the first attempt spares a read; if the row has changed since, the transaction says so.</param>
    public Task<Session> AppendAsync(
        Caller caller, FoundSession found, NewVersion version, Conditions conditions, CancellationToken cancellation)
    {
        var first = true;
        return store.Answers.UpdateOnceAsync(
            found.Shard,
            conditions.RequestKey,
            async token =>
            {
                if (!first) found = await BeginAsync(caller, found.Session.Id, conditions with { Fence = null }, token);
                first = false;
                if (version.BuildsOn is { } number && number != found.Session.Version) throw new VersionPassedException();
                return await DecideAsync(caller, found, version, conditions.Fence, token);
            },
            cancellation);
    }

    private async Task<Decision<Session>> DecideAsync(
        Caller caller, FoundSession found, NewVersion version, long? fence, CancellationToken cancellation)
    {
        var (before, now) = (found.Session, store.Now);
        var session = before with
        {
            Version = before.Version + 1,
            Content = version.Content,
            SavedAt = now,
            LastAccessed = now,
            DirtySince = before.DirtySince ?? now,
        };
        var change = new Change();
        if (before.Lock is not null || fence is not null)
        {
            var path = store.PathOf(before);
            var (lockRow, pathLock) = found.Lock ?? await store.GetLockAsync(found.Shard, path, cancellation);
            Locks.RequireFence(pathLock, before, fence);
            session = session with { Lock = null };
            if (Locks.IsHeldBy(pathLock, before))
            {
                var (renewed, grant) = Locks.Renew(pathLock, before, fence, null, now);
                session = session with { Lock = grant };
                change.Put(SessionRows.LockKey(path.Id), lockRow, SessionRows.Values(renewed));
            }
        }

        change
            .Replace(found.Row, SessionRows.Values(session))
            .Insert(SessionRows.VersionKey(session.Id, session.Version), SessionRows.Values(version.Content, session.UserId, now))
            .Log(SessionStore.Log(version.Operation, session, Trigger.Of(caller), $"version {session.Version}{version.Reason}"));
        // The marker stands exactly while the session is dirty, since both change in one transaction.
        if (!before.Dirty) change.Insert(SessionRows.DirtyKey(session.Id), SessionRows.Marker(now, session.NasFilePath));
        if (version.Also is not null) await version.Also(change, session, cancellation);
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

/// <summary>A session with the row it was read from.</summary>
/// <param name="Lock">The path's lock; null: it was not read.</param>
internal sealed record FoundSession(int Shard, Row Row, Session Session, (Row? Row, PathLock Lock)? Lock);

/// <summary>A version to be made.</summary>
/// <param name="Reason">For the log, after the version's number.</param>
/// <param name="BuildsOn">The version it was made from; another one then ends it with <see cref="VersionPassedException"/>. null: any.</param>
/// <param name="Also">Adds to the same transaction.</param>
internal sealed record NewVersion(
    SavedContent Content,
    string Operation,
    string Reason = "",
    long? BuildsOn = null,
    Func<Change, Session, CancellationToken, Task>? Also = null);

/// <summary>Another version was saved meanwhile, so what was made from the one before does not hold.</summary>
internal sealed class VersionPassedException : Exception;
