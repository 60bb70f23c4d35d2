using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// The records around a write back: one transaction before anything is written, one after. The lock's row holds the
/// intent, so at most one write is under way for a path, and only the one that it names may end it.
/// </summary>
internal sealed class WriteIntents(SessionStore store, BaseCopies copies, SessionSettings settings)
{
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(20);

    /// <returns>
    /// The intent that now stands; or one that another instance left behind and that must be ended first; or
    /// neither: there is nothing to write.
    /// </returns>
    /// <param name="run">The job that writes; null: none does.</param>
    public async Task<Begun> BeginAsync(
        Caller caller, WriteBackOrder request, WritePlan plan, JobRun? run, CancellationToken cancellation)
    {
        var (id, _, conditions, trigger) = request;
        Prepared? prepared = null;
        try
        {
            var shard = store.ShardOf(id);
            var begun = await store.Edits.UpdateAsync<Begun>(
                shard,
                async token =>
                {
                    var (_, row, session) = await store.GetAsync(caller, id, token);
                    SessionStore.RequireReady(session);
                    var path = store.PathOf(session);
                    var done = IsDone(session, plan);
                    if (done && conditions.Fence is null) return new(null, new Begun(path, session, null, null));
                    var (lockRow, pathLock) = await store.GetLockAsync(shard, path, token);
                    Locks.RequireFence(pathLock, session, conditions.Fence);
                    if (done) return new(null, new Begun(path, session, null, null));
                    if (run is null && pathLock.Intent is { JobId: { } job } own && own.SessionId == id && own.Deadline > store.Now)
                        return new(null, new Begun(path, session, null, null) { RunningJob = job });
                    if (run is null && session.Content.SizeBytes > settings.LargeBytes)
                        return new(null, new Begun(path, session, null, null) { NeedsJob = true });
                    string? claimed = null;
                    if (pathLock.Intent is { } other && (other.Deadline <= store.Now || IsOfJob(other, run)))
                    {
                        claimed = await TryClaimAsync(path, session, plan, pathLock, run, token);
                        if (claimed is null) return new(null, new Begun(path, session, null, other));
                    }
                    else
                    {
                        Locks.RequireFree(pathLock, session, store.Now);
                    }

                    // Without a lock the write gets a fence of its own, so that every write has one that nobody else has.
                    var writeFence = Locks.IsHeldBy(pathLock, session) ? pathLock.Fence : pathLock.Fence + 1;
                    prepared = await PrepareAsync(prepared, path, plan, session, writeFence, token);
                    var intent = Intent(session, plan, writeFence, prepared.Staged with { Claimed = claimed }, run);
                    var change = new Change()
                        .Put(SessionRows.LockKey(path.Id), lockRow, SessionRows.Values(pathLock with { Fence = writeFence, Intent = intent }))
                        .Replace(row, SessionRows.Values(session with
                        {
                            SyncingUntil = intent.Deadline,
                            JobId = run?.Id,
                            DirtySince = session.DirtySince ?? store.Now,
                        }))
                        .Log(SessionStore.Log("session_sync_started", session, trigger, $"version {session.Version}"));
                    // What was kept as a copy and now overwrites: marked until it is done, so that the timer finds it after a crash.
                    if (!session.Dirty)
                        change.Insert(SessionRows.DirtyKey(session.Id), SessionRows.Marker(store.Now, session.NasFilePath));
                    return new(change, new Begun(path, session, intent, null));
                },
                cancellation);
            if (begun.Intent is not null) prepared = null;
            return begun;
        }
        finally
        {
            if (prepared is not null) await AbandonAsync(prepared);
        }
    }

    /// <summary>Records how a swap ended and clears the intent. Safe to repeat: only the named intent is ever cleared.</summary>
    /// <returns>null: somebody else has ended this write.</returns>
    /// <param name="requestKey">Under which the answer is remembered; null: it is not.</param>
    public Task<SyncOutcome?> FinishAsync(
        OriginPath path, WriteIntent intent, SwapResult swap, string? requestKey, Trigger trigger) =>
        EndAsync(path, intent, swap.Written, swap.ConflictCopy, requestKey, (session, now) => swap.Written is { } written
            ? (Written(session, intent, written, now), WrittenLog(session, intent, swap, trigger))
            : (session with { Conflict = intent.IsConflictCopy ? session.Conflict : swap.Conflict }, SessionStore.Log(
                "session_conflict", session, trigger, $"version {intent.Version}", "the origin has changed since the session opened it")));

    /// <summary>Clears the intent of a write that had no effect.</summary>
    /// <returns>null: somebody else has ended this write.</returns>
    public Task<SyncOutcome?> GiveUpAsync(OriginPath path, WriteIntent intent, SwapResult found, string error, Trigger trigger) =>
        EndAsync(path, intent, null, found.ConflictCopy, null, (session, _) => (
            session, SessionStore.Log("session_sync_failed", session, trigger, Reason(intent, found.ConflictCopy), error)));

    private async Task<SyncOutcome?> EndAsync(
        OriginPath path,
        WriteIntent intent,
        Fingerprint? written,
        string? displaced,
        string? requestKey,
        Func<Session, DateTimeOffset, (Session After, Operation Operation)> decide)
    {
        var shard = store.Edits.ShardOf(path.Hash);
        return await store.Edits.UpdateAsync<SyncOutcome?>(
            shard,
            async token =>
            {
                var (lockRow, pathLock) = await store.GetLockAsync(shard, path, token);
                if (lockRow is null || pathLock.Intent?.Staged.TemporaryName != intent.Staged.TemporaryName) return new(null, null);

                // While its intent stands a session cannot end, so its row is there.
                var (_, row, before) = await store.GetAsync(Caller.Machine, intent.SessionId, token);
                var (after, operation) = decide(before, store.Now);
                after = after with { SyncingUntil = null, JobId = null };
                var change = new Change()
                    .Replace(lockRow, SessionRows.Values(pathLock with { Intent = null }))
                    .Replace(row, SessionRows.Values(after))
                    .Log(operation);
                if (written is not null && !intent.IsConflictCopy && before.Version == intent.Version && before.Content.SizeBytes > settings.LargeBytes)
                    await copies.NoteAsync(change, path, written, before.Content, token);
                if (before.Dirty && !after.Dirty) change.DeleteAny(SessionRows.DirtyKey(before.Id));
                var outcome = new SyncOutcome(
                    after, operation.Success, displaced is null ? store.KeptAt(after) : store.NasPath(after, displaced));
                if (outcome.Written)
                    store.Answers.Remember(change, await store.Answers.FindAsync<SyncOutcome>(shard, requestKey, token), outcome);
                return new(change, outcome);
            },
            CancellationToken.None);
    }

    private static bool IsDone(Session session, WritePlan plan)
    {
        if (session.Dirty) return false;
        if (session.Conflict is null || plan.OnConflict == OnConflict.KeepBoth) return true;
        if (plan.OnConflict == OnConflict.Fail) throw WriteConflict.Of(session);
        return false;
    }

    /// <summary>The temporary file must exist before the record names it: then whoever takes over can always remove it.</summary>
    private async Task<Prepared> PrepareAsync(
        Prepared? before, OriginPath path, WritePlan plan, Session session, long fence, CancellationToken cancellation)
    {
        var target = plan.For(session).Path;
        if (before is not null && before.Fence == fence && before.Staged.Path == target) return before;
        if (before is not null) await AbandonAsync(before);
        var name = $".cachefunctions-{fence.ToString(CultureInfo.InvariantCulture)}-{store.Ids.Next()}";
        var prepared = new Prepared(path.Origin, new StagedFile(target, name), fence);
        try
        {
            await path.Origin.PrepareAsync(prepared.Staged, plan.MakesFolder, cancellation);
            return prepared;
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            throw new CacheException(
                ErrorCode.Conflict,
                $"The folder of {path.NasPath} is gone from the origin. Your work is kept in the session. Sync again with on_conflict overwrite to make it again.",
                new Dictionary<string, object?> { ["actual"] = null },
                error);
        }
    }

    private static async Task AbandonAsync(Prepared prepared)
    {
        try
        {
            await prepared.Origin.AbandonAsync(prepared.Staged, CancellationToken.None);
        }
        catch (CacheException)
        {
            // An empty temporary file stays; it holds nothing and hinders nobody.
        }
    }

    /// <summary>
    /// Claims what an interrupted job has written of the same version. A crash right here leaves nothing that the next
    /// one does not find: the record still names it.
    /// </summary>
    /// <returns>null: there is nothing to go on with.</returns>
    private async Task<string?> TryClaimAsync(
        OriginPath path, Session session, WritePlan plan, PathLock pathLock, JobRun? run, CancellationToken cancellation)
    {
        var left = pathLock.Intent!;
        if (run is null || left.JobId is null || Locks.IsHeldByOther(pathLock, session, store.Now) || left.SessionId != session.Id || left.Version != session.Version
            || left.Staged.Path != plan.For(session).Path) return null;
        return await path.Origin.ClaimAsync(left.Staged, cancellation);
    }

    /// <summary>Who carries the job out now has its lease, so an intent of an earlier run is left behind.</summary>
    private static bool IsOfJob(WriteIntent intent, JobRun? run) => run is not null && intent.JobId == run.Id;

    private WriteIntent Intent(Session session, WritePlan plan, long fence, StagedFile staged, JobRun? run)
    {
        var (_, expected, isConflictCopy) = plan.For(session);
        // A job's lease is renewed while it is alive; other writes are given as long as a slow origin may take.
        var slow = run is null ? TimeSpan.FromSeconds(session.Content.SizeBytes / SessionSettings.SlowestBytesPerSecond) : TimeSpan.Zero;
        var deadline = store.Now + ShortestTime + slow;
        return new WriteIntent(
            session.Id, session.UserId, session.Version, fence, staged, expected, session.Content.Sha256, deadline, isConflictCopy, run?.Id);
    }

    private static Session Written(Session session, WriteIntent intent, Fingerprint written, DateTimeOffset now)
    {
        var after = session with
        {
            LastSyncedAt = now,
            DirtySince = session.Version == intent.Version ? null : session.SavedAt,
            SyncedVersion = Math.Max(session.SyncedVersion, intent.Version),
        };
        return intent.IsConflictCopy
            ? after with { ConflictCopy = new ConflictCopy(intent.Staged.Path, written) }
            : after with { Base = written, Conflict = null, ConflictCopy = null };
    }

    private static Operation WrittenLog(Session session, WriteIntent intent, SwapResult swap, Trigger trigger)
    {
        var kept = intent.IsConflictCopy ? intent.Staged.Path : swap.ConflictCopy;
        return SessionStore.Log(
            intent.IsConflictCopy ? "session_kept_both" : "session_synced", session, trigger, Reason(intent, kept));
    }

    private static string Reason(WriteIntent intent, string? conflictCopy) =>
        conflictCopy is null ? $"version {intent.Version}" : $"version {intent.Version}, conflict copy {conflictCopy}";

    private sealed record Prepared(IOrigin Origin, StagedFile Staged, long Fence);
}

/// <summary>How a write back begins; see <see cref="WriteIntents.BeginAsync"/>.</summary>
internal sealed record Begun(OriginPath Path, Session Session, WriteIntent? Intent, WriteIntent? LeftBehind)
{
    /// <summary>The content is large, so a job should write it.</summary>
    public bool NeedsJob { get; init; }

    /// <summary>The job that is writing this session back at this moment.</summary>
    public string? RunningJob { get; init; }
}
