using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Ends sessions: first the record, with one transaction, then what it leaves behind.</summary>
internal sealed class SessionEnd(SessionStore store, WriteBack writeBack)
{
    private const int MaxAttempts = 5;
    private const int RowsPerTransaction = 90;

    /// <param name="syncFirst">How to write unsynced work back before; null: it is given up.</param>
    public async Task<Session> EndAsync(
        Caller caller, string id, OnConflict? syncFirst, Conditions conditions, Trigger trigger, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (shard, session, leftBehind) = await CloseAsync(caller, id, syncFirst is not null, null, conditions, trigger, cancellation);
            if (leftBehind is not null)
            {
                await writeBack.TakeOverAsync(store.PathOf(session), leftBehind, trigger);
                continue;
            }

            if (syncFirst is { } onConflict && session.Dirty)
            {
                var outcome = await writeBack.SyncAsync(caller, id, onConflict, conditions, trigger, cancellation);
                if (outcome.JobId is { } job) throw StillWriting(session, job);
                continue;
            }

            await PurgeAsync(shard, id, cancellation);
            return session;
        }

        throw CacheException.Unavailable("The session is being saved over and over. Stop saving, then end it.");
    }

    /// <summary>Ends a session whose first copy could not be made.</summary>
    public async Task FailAsync(string id, string error)
    {
        try
        {
            var (shard, session, _) = await CloseAsync(Caller.Machine, id, false, error, Conditions.None, Trigger.System, CancellationToken.None);
            if (session.IsPreparing) await PurgeAsync(shard, id, CancellationToken.None);
        }
        catch (CacheException failure) when (failure.Code == ErrorCode.NotFound)
        {
            // Its user has ended it meanwhile.
        }
    }

    /// <summary>Removes an ended session's versions and content. Safe to repeat, and to break off: the marker goes last.</summary>
    public async Task PurgeAsync(int shard, string id, CancellationToken cancellation)
    {
        await foreach (var item in store.Contents.ListAsync(ContentName.Sessions, id + "/", cancellation))
            await store.Contents.DeleteAsync(ContentName.Sessions, item.Name, cancellation);

        var rows = new List<Row>();
        foreach (var prefix in new[] { SessionRows.VersionPrefix(id), SessionRows.UploadPrefix(id) })
            await foreach (var row in store.ListAsync(shard, prefix, null, cancellation)) rows.Add(row);
        if (await store.Edits.GetAsync(shard, SessionRows.EndedKey(id), cancellation) is not { } marker) return;
        rows.Add(marker);
        var path = marker.Values.RequiredText("path");
        foreach (var chunk in rows.Chunk(RowsPerTransaction)) await RemoveAsync(shard, id, path, chunk);
    }

    private async Task<(int Shard, Session Session, WriteIntent? LeftBehind)> CloseAsync(
        Caller caller, string id, bool syncFirst, string? failure, Conditions conditions, Trigger trigger, CancellationToken cancellation)
    {
        var shard = store.ShardOf(id);
        return await store.Edits.UpdateAsync<(int, Session, WriteIntent?)>(
            shard,
            async token =>
            {
                var (_, row, session) = await store.GetAsync(caller, id, token);
                if (syncFirst && session.Dirty) return new(null, (shard, session, null));
                // Another run of its job has made it ready meanwhile.
                if (failure is not null && !session.IsPreparing) return new(null, (shard, session, null));
                var path = store.PathOf(session);
                var (lockRow, pathLock) = await store.GetLockAsync(shard, path, token);
                Locks.RequireFence(pathLock, session, conditions.Fence);
                var change = new Change()
                    .Delete(row)
                    .Insert(SessionRows.EndedKey(id), SessionRows.Marker(store.Now, session.NasFilePath))
                    .Log(failure is not null
                        ? SessionStore.Log("session_failed", session, trigger, "the first copy could not be made", failure)
                        : SessionStore.Log("session_closed", session, trigger, session.Dirty ? "unsynced work was given up as asked" : "ended"));
                if (session.Dirty) change.DeleteAny(SessionRows.DirtyKey(id));
                if (pathLock.Intent is { } intent && intent.SessionId == id)
                {
                    if (intent.Deadline > store.Now) Locks.RequireFree(pathLock with { Holder = null }, session, store.Now);
                    return new(null, (shard, session, intent));
                }

                if (lockRow is not null && pathLock.Holder?.SessionId == id)
                    change.Replace(lockRow, SessionRows.Values(pathLock with { Holder = null }));
                return new(change, (shard, session with { Lock = null }, null));
            },
            cancellation);
    }

    private static CacheException StillWriting(Session session, string job) => new(
        ErrorCode.Conflict,
        $"Unsynced work of {session.NasFilePath} is still being written back. End the session when that job has ended.",
        new Dictionary<string, object?> { ["job_id"] = job })
    {
        RetryAfter = TimeSpan.FromSeconds(10),
    };

    private async Task RemoveAsync(int shard, string id, string path, IReadOnlyList<Row> rows)
    {
        var change = new Change();
        foreach (var row in rows) change.Delete(row);
        change.Log(new Operation("session_purged", id, path, "system", null, "the session has ended"));
        try
        {
            await store.Edits.CommitAsync(shard, change);
        }
        catch (RowConflictException)
        {
            // Another instance removes the same rows.
        }
    }
}
