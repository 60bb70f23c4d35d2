using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Reads and saves a session's versions.</summary>
internal sealed class SessionContent(SessionStore store, VersionWriter versions, SessionTouch touch, HotContent hot)
{
    /// <param name="version">null: the newest.</param>
    public async Task<(Session Session, SavedContent Content, DateTimeOffset SavedAt)> FindAsync(
        Caller caller, string id, long? version, CancellationToken cancellation)
    {
        var (shard, row, session) = await store.GetAsync(caller, id, cancellation);
        SessionStore.RequireReady(session);
        await touch.ReadAsync(shard, row, session);
        if (version is null || version == session.Version) return (session, session.Content, session.SavedAt);
        var versionRow = await store.Edits.GetAsync(shard, SessionRows.VersionKey(id, version.Value), cancellation)
            ?? throw CacheException.NotFound($"The session has no version {version} (any more); its newest is {session.Version}.");
        return (session, SessionRows.Content(versionRow), versionRow.Values.RequiredTime("created_at"));
    }

    /// <param name="length">null: to the end.</param>
    /// <exception cref="CacheException">NotFound: it is gone, because its session was closed meanwhile.</exception>
    public async Task<Stream> OpenAsync(SavedContent content, long offset, long? length, CancellationToken cancellation)
    {
        // A version that was put together from pieces bears the name of the newest, and is kept as the whole that it is.
        var key = new ContentKey(ContentName.Sessions, content.Name, content.Spans is null ? null : "patched");
        var source = new ContentSource(key, content.SizeBytes, async (from, count, token) => await store.OpenAsync(content, from, count, token));
        return await hot.OpenAsync(source, offset, length, cancellation) ?? throw SessionStore.Gone();
    }

    /// <summary>Saves a new version. It is readable, on every instance, once this returns.</summary>
    public async Task<Session> SaveAsync(
        Caller caller, string id, Stream stream, long? sizeBytes, Conditions conditions, CancellationToken cancellation)
    {
        var found = await versions.BeginAsync(caller, id, conditions, cancellation);
        var content = await store.WriteContentAsync(id, stream, sizeBytes, cancellation);
        return await store.OrDeleteAsync(
            content.Name,
            () => versions.AppendAsync(caller, found, new NewVersion(content, "session_saved"), conditions, cancellation));
    }
}
