using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Locks for callers. Lock, session and operation change in one transaction. Safe to repeat: who has the lock and asks
/// again gets the same fence; who has released it and does so again changes nothing.
/// </summary>
internal sealed class SessionLocks(SessionStore store, SessionSettings settings)
{
    public Task<Session> AcquireAsync(Caller caller, string id, int? ttlSeconds, Conditions conditions, Trigger trigger, CancellationToken cancellation) =>
        ChangeAsync(caller, id, conditions, "lock_acquired", trigger, (pathLock, session) =>
        {
            var (granted, grant) = Locks.Acquire(pathLock, session, ttlSeconds ?? settings.LockTtlSeconds, store.Now);
            return (granted, session with { Lock = grant }, $"fence {grant.Fence}, for {grant.TtlSeconds} s");
        }, cancellation);

    public Task<Session> RenewAsync(
        Caller caller, string id, int? ttlSeconds, Conditions conditions, Trigger trigger, CancellationToken cancellation) =>
        ChangeAsync(caller, id, conditions, "lock_renewed", trigger, (pathLock, session) =>
        {
            var (granted, grant) = Locks.Renew(pathLock, session, conditions.Fence, ttlSeconds, store.Now);
            return (granted, session with { Lock = grant }, $"fence {grant.Fence}, for {grant.TtlSeconds} s");
        }, cancellation);

    public Task<Session> ReleaseAsync(Caller caller, string id, Conditions conditions, Trigger trigger, CancellationToken cancellation) =>
        ChangeAsync(caller, id, conditions, "lock_released", trigger, (pathLock, session) =>
        {
            Locks.RequireFence(pathLock, session, conditions.Fence);
            if (!Locks.IsHeldBy(pathLock, session)) return null;
            return (pathLock with { Holder = null }, session with { Lock = null }, $"fence {pathLock.Fence}");
        }, cancellation);

    public async Task<LockInfo> FindAsync(string filePath, CancellationToken cancellation)
    {
        var path = store.Origins.Resolve(filePath, null);
        var (_, pathLock) = await store.GetLockAsync(store.Edits.ShardOf(path.Hash), path, cancellation);
        return new LockInfo(path.NasPath, pathLock.ActiveHolder(store.Now));
    }

    public async Task<LockInfo> BreakAsync(
        Caller caller, string filePath, Trigger trigger, CancellationToken cancellation)
    {
        if (caller is { UserId: not null, IsAdmin: false })
            throw new CacheException(ErrorCode.Forbidden, "Breaking a lock is for admins. Ask its holder to release it.");
        var path = store.Origins.Resolve(filePath, null);
        var shard = store.Edits.ShardOf(path.Hash);
        return await store.Edits.UpdateAsync(
            shard,
            async token =>
            {
                var (row, pathLock) = await store.GetLockAsync(shard, path, token);
                if (row is null || pathLock.ActiveHolder(store.Now) is not { } holder)
                    throw CacheException.NotFound($"{path.NasPath} is not locked.");
                // Without a holder no fence that was ever shown is the newest grant's.
                var change = new Change().Replace(row, SessionRows.Values(pathLock with { Holder = null }));
                if (await store.Edits.GetAsync(shard, SessionRows.SessionKey(holder.SessionId), token) is { } held)
                    change.Replace(held, SessionRows.Values(SessionRows.Session(held) with { Lock = null }));
                change.Log(new Operations.Operation(
                    "lock_broken", holder.SessionId, path.NasPath, trigger.By, trigger.UserId, $"held by {holder.UserId}, fence {holder.Fence}"));
                return new Decision<LockInfo>(change, new LockInfo(path.NasPath, holder));
            },
            cancellation);
    }

    /// <param name="decide">Says what becomes of both and why; null: nothing.</param>
    private Task<Session> ChangeAsync(
        Caller caller,
        string id,
        Conditions conditions,
        string operation,
        Trigger trigger,
        Func<PathLock, Session, (PathLock Lock, Session Session, string Reason)?> decide,
        CancellationToken cancellation)
    {
        var shard = store.ShardOf(id);
        return store.Answers.UpdateOnceAsync(
            shard,
            conditions.RequestKey,
            async token =>
            {
                var (_, row, session) = await store.GetAsync(caller, id, token);
                var path = store.PathOf(session);
                var (lockRow, pathLock) = await store.GetLockAsync(shard, path, token);
                if (decide(pathLock, session) is not { } decided) return new Decision<Session>(null, session);
                var after = decided.Session with { LastAccessed = store.Now };
                var change = new Change()
                    .Put(SessionRows.LockKey(path.Id), lockRow, SessionRows.Values(decided.Lock))
                    .Replace(row, SessionRows.Values(after))
                    .Log(SessionStore.Log(operation, after, trigger, decided.Reason));
                return new(change, after);
            },
            cancellation);
    }
}
