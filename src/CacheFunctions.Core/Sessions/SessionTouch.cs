using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Notes that a session is in use. Not at every read, since each note is a storage transaction: often enough that a
/// session in use is never taken for an inactive one.
/// </summary>
internal sealed class SessionTouch(SessionStore store, SessionSettings settings)
{
    private const int NotesPerInactivity = 10;

    public async Task ReadAsync(int shard, Row row, Session session)
    {
        var interval = TimeSpan.FromMinutes(settings.MaxInactivityMinutes) / NotesPerInactivity;
        if (store.Now - session.LastAccessed < interval) return;
        var change = new Change()
            .Replace(row, SessionRows.Values(session with { LastAccessed = store.Now }))
            .Log(SessionStore.Log("session_accessed", session, new Trigger("system", session.UserId), "read"));
        try
        {
            await store.Edits.CommitAsync(shard, change);
        }
        catch (RowConflictException)
        {
            // Whoever changed the row meanwhile has noted the use as well.
        }
        catch (CacheException)
        {
            // The read itself succeeded; the next one notes it.
        }
    }
}
