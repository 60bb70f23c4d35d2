using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>
/// Copies a session's newest version to its origin file, so that the origin is always one whole version and a crash
/// at any point is repaired by who comes next (design section 5, rule 2): record the intent, write, swap, record.
/// </summary>
internal sealed class WriteBack(SessionStore store, OriginCopier copier)
{
    private const int MaxAttempts = 6;

    private readonly WriteIntents _intents = new(store);
    private readonly Discarding _discarding = new(store, copier);

    /// <exception cref="CacheException">Conflict: the origin changed and <paramref name="onConflict"/> is Fail; Locked;
    /// PreconditionFailed: a stale fence.</exception>
    public async Task<SyncOutcome> SyncAsync(
        Caller caller, string id, OnConflict onConflict, Conditions conditions, Trigger trigger, CancellationToken cancellation)
    {
        if (onConflict == OnConflict.Discard)
        {
            var (_, _, seen) = await store.GetAsync(caller, id, cancellation);
            if (seen.Conflict is not null) return new SyncOutcome(await _discarding.DiscardAsync(seen, trigger), false, null);
        }

        var before = await store.Answers.FindAsync<SyncOutcome>(store.ShardOf(id), conditions.RequestKey, cancellation);
        if (before.Answer is { } answered && caller.MayActFor(answered.Session.UserId)) return answered;

        var plan = WritePlan.First(onConflict);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // Only this first step can be called off: afterwards the intent stands and is carried to its end.
            var begun = await _intents.BeginAsync(caller, id, plan, conditions, trigger, cancellation);
            if (begun.LeftBehind is { } leftBehind)
            {
                await TakeOverAsync(begun.Path, leftBehind, trigger);
                continue;
            }

            if (begun.Intent is null) return new SyncOutcome(begun.Session, false, store.KeptAt(begun.Session));
            var swap = await CarryOutAsync(begun.Path, begun.Session, begun.Intent, trigger);
            var outcome = await _intents.FinishAsync(begun.Path, begun.Intent, swap, conditions.RequestKey, trigger);
            if (outcome is null) continue;
            if (swap.Written is not null) return outcome;
            var session = outcome.Session;
            if (onConflict == OnConflict.Fail) throw WriteConflict.Of(session);
            if (onConflict == OnConflict.Discard)
                return new SyncOutcome(await _discarding.DiscardAsync(session, trigger), false, null);
            plan = plan.After(swap.Conflict!, session, store.Now, attempt);
        }

        throw CacheException.Unavailable("The origin's file keeps changing. Try again when it is at rest.");
    }

    /// <summary>Ends a write back that its instance left behind, so that the path is free again.</summary>
    public async Task TakeOverAsync(OriginPath path, WriteIntent intent, Trigger trigger)
    {
        var found = await path.Origin.TakeOverAsync(
            intent.Staged, intent.Expected, intent.Sha256, TheirsName(intent), CancellationToken.None);
        if (found.Written is not null) await _intents.FinishAsync(path, intent, found, null, trigger);
        else await _intents.GiveUpAsync(path, intent, found, "the instance that wrote it ended before it was done", trigger);
    }

    private async Task<SwapResult> CarryOutAsync(OriginPath path, Session session, WriteIntent intent, Trigger trigger)
    {
        var origin = path.Origin;
        try
        {
            await origin.WriteAsync(intent.Staged, store.ForOrigin(session.Content), null, CancellationToken.None);
            var swap = await origin.SwapAsync(
                intent.Staged, intent.Expected, intent.Sha256, TheirsName(intent), CancellationToken.None);
            if (swap.Written is null) await origin.AbandonAsync(intent.Staged, CancellationToken.None);
            return swap;
        }
        catch (Exception error)
        {
            if (await FindOutAsync(path, intent) is not { } found) throw;
            if (found.Written is not null) return found;
            await _intents.GiveUpAsync(path, intent, found, (error as CacheException)?.Message ?? "the write failed", trigger);
            throw;
        }
    }

    /// <summary>The swap may have taken effect before it failed: looks, exactly as after a crash.</summary>
    /// <returns>null: the origin does not answer; the intent stands until somebody takes over.</returns>
    private async Task<SwapResult?> FindOutAsync(OriginPath path, WriteIntent intent)
    {
        try
        {
            return await path.Origin.TakeOverAsync(
                intent.Staged, intent.Expected, intent.Sha256, TheirsName(intent), CancellationToken.None);
        }
        catch (CacheException)
        {
            return null;
        }
    }

    private string TheirsName(WriteIntent intent) => ConflictName.For(intent.Staged.Path, "origin", store.Now);
}
