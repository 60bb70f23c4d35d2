using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Reads the log of sessions and locks, newest first.</summary>
internal sealed class SessionLog(SessionStore store)
{
    private readonly NewestOperations _newest = new(store.Edits.Log, store.Edits.ShardCount);

    public Task<(IReadOnlyList<LoggedOperation> Operations, string? Cursor)> ReadAsync(
        Caller caller, string? sessionId, Func<LoggedOperation, bool> fits, int limit, string? cursor, CancellationToken cancellation)
    {
        return sessionId is null ? _newest.ReadAsync(MayBeSeen, limit, cursor, cancellation) : HistoryAsync();

        bool MayBeSeen(LoggedOperation operation) =>
            (operation.Operation.TriggeredByUser is not { } user ? caller.UserId is null || caller.IsAdmin : caller.MayActFor(user)) && fits(operation);

        async Task<(IReadOnlyList<LoggedOperation>, string?)> HistoryAsync()
        {
            if (!SessionId.TryGetShard(sessionId, store.Edits.ShardCount, out var shard))
                throw CacheException.Invalid("session_id", "is not one that this service gave.");
            long? before = cursor is null ? null
                : long.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number
                : throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
            var page = new List<LoggedOperation>();
            await foreach (var operation in store.Edits.Log.HistoryAsync(shard, sessionId, before, null, cancellation))
            {
                if (!MayBeSeen(operation)) continue;
                if (page.Count == limit) return (page, page[^1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
                page.Add(operation);
            }

            return (page, null);
        }
    }
}
