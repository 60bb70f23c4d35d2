using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Gives a session the origin's version in place of its own, as a new version: nothing saved before is removed.</summary>
internal sealed class Discarding(SessionStore store, OriginCopier copier, SessionSettings settings)
{
    /// <returns>null: it takes long, so a job should do it.</returns>
    public async Task<Session?> TryDiscardAsync(Session seen, Patience patience, Trigger trigger)
    {
        var copy = await patience.TryAsync(
            token => copier.CopyAsync(seen.Id, store.PathOf(seen), true, settings.LargeBytes, token), CancellationToken.None);
        return copy?.Content is not { } content ? null : await store.OrDeleteAsync(content.Name, () => RecordAsync(seen, copy, trigger));
    }

    /// <summary>Does it as a job. Its runs make one copy under one name, so none may delete what it could not record.</summary>
    public async Task<Session?> DiscardAsync(Session seen, JobRun run, Trigger trigger, CancellationToken cancellation) =>
        await RecordAsync(seen, await CopyAsync(seen, run, cancellation), trigger);

    private async Task<OriginCopy> CopyAsync(Session seen, JobRun run, CancellationToken cancellation)
    {
        try
        {
            return await copier.CopyLargeAsync(seen.Id, store.PathOf(seen), run.Id, run, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            return await copier.EmptyAsync(seen.Id);
        }
    }

    private Task<Session> RecordAsync(Session seen, OriginCopy copy, Trigger trigger) => store.Edits.UpdateAsync(
        store.ShardOf(seen.Id), token => DecideAsync(seen, copy.Content!, copy.Fingerprint, trigger, token), CancellationToken.None);

    private async Task<Decision<Session>> DecideAsync(
        Session seen, SavedContent content, Fingerprint? fingerprint, Trigger trigger, CancellationToken cancellation)
    {
        var (_, row, before) = await store.GetAsync(Caller.Machine, seen.Id, cancellation);
        if (before.Version != seen.Version)
            throw new CacheException(ErrorCode.Conflict, "A new version was saved meanwhile, so nothing was discarded. Sync again.");
        var now = store.Now;
        // A write back that begins after this look changes the session's row, so both cannot happen.
        Locks.RequireNotWriting((await store.GetLockAsync(store.ShardOf(seen.Id), store.PathOf(seen), cancellation)).Lock, before, now);
        var after = before with
        {
            Version = before.Version + 1,
            SyncedVersion = before.Version + 1,
            Content = content,
            SavedAt = now,
            Base = fingerprint is null ? null : fingerprint with { Sha256 = content.Sha256 },
            DirtySince = null,
            Conflict = null,
            ConflictCopy = null,
        };
        var change = new Change()
            .Replace(row, SessionRows.Values(after))
            .Insert(SessionRows.VersionKey(after.Id, after.Version), SessionRows.Values(content, after.UserId, now))
            .Log(SessionStore.Log("session_discarded", after, trigger, $"version {before.Version} gave way to the origin's"));
        if (before.Dirty) change.DeleteAny(SessionRows.DirtyKey(before.Id));
        return new(change, after);
    }
}
