using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>Gives a session the origin's version in place of its own, as a new version: nothing saved before is removed.</summary>
internal sealed class Discarding(SessionStore store, OriginCopier copier)
{
    public async Task<Session> DiscardAsync(Session seen, Trigger trigger)
    {
        var copy = await copier.CopyAsync(seen.Id, store.PathOf(seen), true, long.MaxValue, CancellationToken.None);
        var content = copy.Content!;
        return await store.OrDeleteAsync(content.Name, () => store.Edits.UpdateAsync(
            store.ShardOf(seen.Id), token => DecideAsync(seen, content, copy.Fingerprint, trigger, token), CancellationToken.None));
    }

    private async Task<Decision<Session>> DecideAsync(
        Session seen, SavedContent content, Origins.Fingerprint? fingerprint, Trigger trigger, CancellationToken cancellation)
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
