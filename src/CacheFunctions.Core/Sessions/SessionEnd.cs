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

    /// <param name="syncFirst">Write unsynced work back before; false: it is given up.</param>
    public async Task<Session> EndAsync(
        Caller caller, string id, bool syncFirst, Trigger trigger, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (syncFirst) await writeBack.SyncAsync(caller, id, OnConflict.Fail, null, trigger, cancellation);
            var (shard, session, leftBehind) = await CloseAsync(caller, id, syncFirst, trigger, cancellation);
            if (leftBehind is not null)
            {
                await writeBack.TakeOverAsync(store.PathOf(session), leftBehind, trigger);
                continue;
            }

            // A version saved since the write back is written back as well, in the next round.
            if (syncFirst && session.Dirty) continue;
            await PurgeAsync(shard, id, cancellation);
            return session;
        }

        throw CacheException.Unavailable("The session is being saved over and over. Stop saving, then end it.");
    }

    /// <summary>Removes an ended session's versions and content. Safe to repeat, and to break off: the marker goes last.</summary>
    public async Task PurgeAsync(int shard, string id, CancellationToken cancellation)
    {
        await foreach (var name in store.Contents.ListAsync(ContentName.Sessions, id + "/", cancellation))
            await store.Contents.DeleteAsync(ContentName.Sessions, name, cancellation);

        var rows = new List<Row>();
        await foreach (var row in store.ListAsync(shard, SessionRows.VersionPrefix(id), null, cancellation)) rows.Add(row);
        if (await store.Edits.GetAsync(shard, SessionRows.EndedKey(id), cancellation) is not { } marker) return;
        rows.Add(marker);
        var path = marker.Values.RequiredText("path");
        foreach (var chunk in rows.Chunk(RowsPerTransaction)) await RemoveAsync(shard, id, path, chunk);
    }

    private async Task<(int Shard, Session Session, WriteIntent? LeftBehind)> CloseAsync(
        Caller caller, string id, bool syncFirst, Trigger trigger, CancellationToken cancellation)
    {
        var shard = store.ShardOf(id);
        return await store.Edits.UpdateAsync<(int, Session, WriteIntent?)>(
            shard,
            async token =>
            {
                var (_, row, session) = await store.GetAsync(caller, id, token);
                if (syncFirst && session.Dirty) return new(null, (shard, session, null));
                var path = store.PathOf(session);
                var (lockRow, pathLock) = await store.GetLockAsync(shard, path, token);
                var change = new Change()
                    .Delete(row)
                    .Insert(SessionRows.EndedKey(id), SessionRows.Marker(store.Now, session.NasFilePath))
                    .Log(SessionStore.Log(
                        "session_closed", session, trigger, session.Dirty ? "unsynced work was given up as asked" : "ended"));
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
