using System.Globalization;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>A session's history: lists it, brings a version back, and thins it out.</summary>
internal sealed class SessionVersions(SessionStore store, VersionWriter versions, SessionSettings settings)
{
    private const int RowsPerTransaction = 40;

    /// <summary>Newest first.</summary>
    /// <param name="before">Only versions before this one; null: from the newest.</param>
    public async Task<(Session Session, IReadOnlyList<SessionVersion> Versions)> ListAsync(
        Caller caller, string id, long? before, int limit, CancellationToken cancellation)
    {
        var (shard, _, session) = await store.GetAsync(caller, id, cancellation);
        SessionStore.RequireReady(session);
        var found = await ReadAsync(shard, session, cancellation);
        return (session, [.. found.Select(each => each.Version).Where(each => before is null || each.Number < before)
            .OrderByDescending(each => each.Number).Take(limit)]);
    }

    /// <summary>Makes the content of an older version the newest one, as a new version.</summary>
    public async Task<Session> RestoreAsync(
        Caller caller, string id, long number, Conditions conditions, CancellationToken cancellation)
    {
        var found = await versions.BeginAsync(caller, id, conditions, cancellation);
        var row = await store.Edits.GetAsync(found.Shard, SessionRows.VersionKey(id, number), cancellation)
            ?? throw CacheException.NotFound($"The session has no version {number} (any more); its newest is {found.Session.Version}.");
        var version = new NewVersion(
            SessionRows.Content(row),
            "session_restored",
            $" has the content of version {number}",
            Also: async (change, _, token) =>
            {
                // Written as it is, so that its thinning out and this cannot both happen: the content is now named twice.
                var current = await store.Edits.GetAsync(found.Shard, row.Key, token)
                    ?? throw CacheException.NotFound($"The session has no version {number} any more.");
                change.Replace(current, current.Values);
            });
        return await versions.AppendAsync(caller, found, version, conditions, cancellation);
    }

    /// <summary>
    /// Removes versions that need not be kept: of those older than the newest <see cref="SessionSettings.KeepVersions"/>
    /// all but the last of each hour, and never the base, nor what the origin lacks. First the rows, with one
    /// transaction; then content that no row names any more. Safe to repeat: what is gone stays gone.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> ThinOutAsync(string id, Trigger trigger, CancellationToken cancellation)
    {
        var (shard, _, session) = await store.GetAsync(Caller.Machine, id, cancellation);
        if (session.Version <= settings.KeepVersions) return 0;
        var all = await ReadAsync(shard, session, cancellation);
        var unneeded = Unneeded(session, all.ConvertAll(each => each.Version)).Select(each => each.Number).ToHashSet();
        var removed = all.FindAll(each => unneeded.Contains(each.Version.Number));
        foreach (var chunk in removed.Chunk(RowsPerTransaction))
        {
            var change = new Change();
            foreach (var (row, _) in chunk) change.Delete(row);
            var numbers = string.Join(", ", chunk.Select(each => each.Version.Number.ToString(CultureInfo.InvariantCulture)));
            change.Log(SessionStore.Log("session_versions_removed", session, trigger, $"versions {numbers}"));
            try
            {
                await store.Edits.CommitAsync(shard, change);
            }
            catch (RowConflictException)
            {
                // One is being restored, or another instance is at it; the next run looks again.
                return 0;
            }
        }

        if (removed.Count > 0) await DeleteUnnamedAsync(shard, session, removed.ConvertAll(each => each.Version), cancellation);
        return removed.Count;
    }

    /// <summary>Content of removed versions, unless another version still has it: seen by reading again after the removal.</summary>
    private async Task DeleteUnnamedAsync(
        int shard, Session session, List<SessionVersion> removed, CancellationToken cancellation)
    {
        var left = await ReadAsync(shard, session, cancellation);
        var named = left.SelectMany(each => each.Version.Content.Pieces).Select(piece => piece.Name).ToHashSet();
        foreach (var name in removed.SelectMany(each => each.Content.Pieces).Select(piece => piece.Name).Distinct())
            if (!named.Contains(name)) await store.Contents.DeleteAsync(ContentName.Sessions, name, cancellation);
    }

    private IEnumerable<SessionVersion> Unneeded(Session session, List<SessionVersion> all)
    {
        var old = all.Where(each => each.Number <= session.Version - settings.KeepVersions
            && each.Number != 1 && each.Number < session.SyncedVersion);
        return old.GroupBy(each => each.SavedAt.UtcTicks / TimeSpan.TicksPerHour)
            .SelectMany(hour => hour.OrderByDescending(each => each.Number).Skip(1));
    }

    private async Task<List<(Row Row, SessionVersion Version)>> ReadAsync(int shard, Session session, CancellationToken cancellation)
    {
        var found = new List<(Row, SessionVersion)>();
        var prefix = SessionRows.VersionPrefix(session.Id);
        await foreach (var row in store.ListAsync(shard, prefix, null, cancellation))
        {
            var number = long.Parse(row.Key.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
            found.Add((row, new SessionVersion(number, SessionRows.Content(row), row.Values.RequiredTime("created_at"))));
        }

        return found;
    }
}
