using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>
/// Copies a session's newest version to its origin file, so that the origin is always one whole version and a crash
/// at any point is repaired by who comes next (design section 5, rule 2): record the intent, write, swap, record.
/// </summary>
internal sealed class WriteBack
{
    private const int MaxAttempts = 6;
    private const string Kind = "session_sync";

    private readonly SessionStore _store;
    private readonly JobRunner _jobs;
    private readonly WriteIntents _intents;
    private readonly Discarding _discarding;

    public WriteBack(SessionStore store, OriginCopier copier, BaseCopies copies, JobRunner jobs, SessionSettings settings)
    {
        _store = store;
        _jobs = jobs;
        _intents = new WriteIntents(store, copies, settings);
        _discarding = new Discarding(store, copier, settings);
        jobs.Register(Kind, RunAsync);
    }

    /// <exception cref="CacheException">Conflict: the origin changed and <paramref name="onConflict"/> is Fail; Locked;
    /// PreconditionFailed: a stale fence.</exception>
    public Task<SyncOutcome> SyncAsync(
        Caller caller, string id, OnConflict onConflict, Conditions conditions, Trigger trigger, CancellationToken cancellation) =>
        SyncAsync(caller, new WriteBackOrder(id, onConflict, conditions, trigger), null, cancellation);

    private async Task<SyncOutcome> SyncAsync(Caller caller, WriteBackOrder request, JobRun? run, CancellationToken cancellation)
    {
        var (id, onConflict, conditions, trigger) = request;
        var patience = _jobs.NewPatience();
        if (onConflict == OnConflict.Discard)
        {
            var (_, _, seen) = await _store.GetAsync(caller, id, cancellation);
            if (run is not null) await EndOwnAsync(run, seen, trigger, cancellation);
            if (seen.Conflict is not null) return await DiscardAsync(seen, request, run, patience, cancellation);
        }

        var before = await _store.Answers.FindAsync<SyncOutcome>(_store.ShardOf(id), conditions.RequestKey, cancellation);
        if (before.Answer is { } answered && caller.MayActFor(answered.Session.UserId)) return answered;

        var plan = WritePlan.First(onConflict);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // Only this first step can be called off: afterwards the intent stands and is carried to its end.
            var begun = await _intents.BeginAsync(caller, request, plan, run, cancellation);
            if (begun.RunningJob is { } running) return new SyncOutcome(begun.Session, false, null, running);
            if (begun.NeedsJob) return await StartAsync(begun.Session, request, patience);
            if (begun.LeftBehind is { } leftBehind)
            {
                await TakeOverAsync(begun.Path, leftBehind, trigger);
                continue;
            }

            if (begun.Intent is null) return new SyncOutcome(begun.Session, false, _store.KeptAt(begun.Session));
            var swap = await CarryOutAsync(begun.Path, begun.Session, begun.Intent, run, patience, trigger, cancellation);
            if (swap is null) return await StartAsync(begun.Session, request, patience);
            var outcome = await _intents.FinishAsync(begun.Path, begun.Intent, swap, conditions.RequestKey, trigger);
            if (outcome is null) continue;
            if (swap.Written is not null) return outcome;
            var session = outcome.Session;
            if (onConflict == OnConflict.Fail) throw WriteConflict.Of(session);
            if (onConflict == OnConflict.Discard) return await DiscardAsync(session, request, run, patience, cancellation);
            plan = plan.After(swap.Conflict!, session, _store.Now, attempt);
        }

        throw CacheException.Unavailable("The origin's file keeps changing. Try again when it is at rest.");
    }

    /// <summary>Ends a write back that its instance left behind, so that the path is free again.</summary>
    public async Task TakeOverAsync(OriginPath path, WriteIntent intent, Trigger trigger)
    {
        var found = await DisarmAsync(path, intent);
        if (found.Written is not null) await _intents.FinishAsync(path, intent, found, null, trigger);
        else await _intents.GiveUpAsync(path, intent, found, "the instance that wrote it ended before it was done", trigger);
    }

    /// <summary>Does what must not happen beside a write back that was left behind: ends that one first.</summary>
    public async Task<T> EndingLeftBehindAsync<T>(Func<Task<T>> act, Trigger trigger)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            try
            {
                return await act();
            }
            catch (LeftBehindException found)
            {
                await TakeOverAsync(_store.Origins.Get(found.Lock.Origin, found.Lock.Path), found.Lock.Intent!, trigger);
            }
        }

        throw CacheException.Unavailable("Write backs of the file break off again and again. Try again.");
    }

    /// <summary>
    /// Ends what an earlier run of the same job was writing. To all others it counts as under way while the job's lease
    /// is renewed; the job itself must not wait for that.
    /// </summary>
    private async Task EndOwnAsync(JobRun run, Session session, Trigger trigger, CancellationToken cancellation)
    {
        var path = _store.PathOf(session);
        var (_, pathLock) = await _store.GetLockAsync(_store.ShardOf(session.Id), path, cancellation);
        if (pathLock.Intent is { } intent && intent.JobId == run.Id) await TakeOverAsync(path, intent, trigger);
    }

    private async Task<SyncOutcome> DiscardAsync(
        Session seen, WriteBackOrder request, JobRun? run, Patience patience, CancellationToken cancellation)
    {
        var trigger = request.Trigger;
        var discarded = await EndingLeftBehindAsync(
            () => run is null ? _discarding.TryDiscardAsync(seen, patience, trigger) : _discarding.DiscardAsync(seen, run, trigger, cancellation),
            trigger);
        return discarded is null ? await StartAsync(seen, request, patience) : new SyncOutcome(discarded, false, null);
    }

    /// <summary>Does as a job what takes long, and waits for its end while the caller's patience lasts.</summary>
    private async Task<SyncOutcome> StartAsync(Session session, WriteBackOrder request, Patience patience)
    {
        var arguments = JsonSerializer.Serialize(request, JsonSerializerOptions.Web);
        var job = await _jobs.AddAsync(Kind, session.Id, session.NasFilePath, session.UserId, arguments, session.Content.SizeBytes);
        return await _jobs.StartAsync<SyncOutcome>(job, patience) ?? new SyncOutcome(session, false, null, job.Id);
    }

    private Task<SyncOutcome> RunAsync(JobRun run, CancellationToken cancellation) => SyncAsync(
        Caller.Machine, JsonSerializer.Deserialize<WriteBackOrder>(run.Job.Arguments, JsonSerializerOptions.Web)!, run, cancellation);

    /// <returns>null: it takes long, so a job should do it; nothing of it has taken effect.</returns>
    private async Task<SwapResult?> CarryOutAsync(
        OriginPath path, Session session, WriteIntent intent, JobRun? run, Patience patience, Trigger trigger, CancellationToken cancellation)
    {
        var origin = path.Origin;
        var content = _store.ForOrigin(session.Content);
        try
        {
            // A job that has lost its lease stops here; whoever has it now goes on with what is written.
            if (run is not null)
                await origin.WriteAsync(intent.Staged, content, run, cancellation);
            else if (!await patience.TryAsync(token => origin.WriteAsync(intent.Staged, content, null, token), CancellationToken.None))
                return await BreakOffAsync(path, intent, trigger);
            var swap = await origin.SwapAsync(
                intent.Staged, intent.Expected, intent.Sha256, TheirsName(intent), CancellationToken.None);
            if (swap.Written is null) await origin.AbandonAsync(intent.Staged, CancellationToken.None);
            return swap;
        }
        catch (Exception error) when (run is null || !cancellation.IsCancellationRequested)
        {
            if (await FindOutAsync(path, intent) is not { } found) throw;

            if (found.Written is not null) return found;
            var reason = (error as CacheException)?.Message ?? "the write failed";
            // Taken over and ended meanwhile: how this attempt failed says nothing any more, so it is begun anew.
            if (await _intents.GiveUpAsync(path, intent, found, reason, trigger) is null) return found;
            throw;
        }
    }

    /// <summary>Ends a write that takes longer than its caller waits. It was stopped before, so it is not in the job's way.</summary>
    private async Task<SwapResult?> BreakOffAsync(OriginPath path, WriteIntent intent, Trigger trigger)
    {
        // Where the origin does not answer the intent stands, and the job goes on when its deadline has passed.
        if (await FindOutAsync(path, intent) is not { } found) return null;
        if (found.Written is not null) return found;
        var isOwn = await _intents.GiveUpAsync(path, intent, found, "it takes long, and goes on as a job", trigger) is not null;
        return isOwn ? null : found;
    }

    /// <summary>The swap may have taken effect before it failed: looks, exactly as after a crash.</summary>
    /// <returns>null: the origin does not answer; the intent stands until somebody takes over.</returns>
    /// <exception cref="CacheException">NotFound: somebody has, and the session is gone.</exception>
    private async Task<SwapResult?> FindOutAsync(OriginPath path, WriteIntent intent)
    {
        try
        {
            return await DisarmAsync(path, intent);
        }
        catch (CacheException)
        {
            await _store.GetAsync(Caller.Machine, intent.SessionId, CancellationToken.None);
            return null;
        }
    }

    /// <summary>Ends the write on the origin, and says how that stands.</summary>
    private Task<SwapResult> DisarmAsync(OriginPath path, WriteIntent intent) => path.Origin.TakeOverAsync(
        intent.Staged, intent.Expected, intent.Sha256, TheirsName(intent), CancellationToken.None);

    private string TheirsName(WriteIntent intent) => ConflictName.For(intent.Staged.Path, "origin", _store.Now);
}

/// <summary>A write back as it is asked for.</summary>
internal sealed record WriteBackOrder(string SessionId, OnConflict OnConflict, Conditions Conditions, Trigger Trigger);
