using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>The records and contents of sessions, as the parts of the session service share them.</summary>
public sealed class SessionStore(RecordTable edits, IContentStore content, OriginSet origins, TimeProvider time)
{
    public const string TableName = SessionRows.Table;

    internal RecordTable Edits => edits;

    internal IContentStore Contents => content;

    internal OriginSet Origins => origins;

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <exception cref="CacheException">NotFound: no such session, or it is another user's, which the caller may not know.</exception>
    internal async Task<(int Shard, Row Row, Session Session)> GetAsync(
        Caller caller, string id, CancellationToken cancellation)
    {
        var shard = ShardOf(id);
        if (await edits.GetAsync(shard, SessionRows.SessionKey(id), cancellation) is { } row)
        {
            var session = SessionRows.Session(row);
            if (caller.MayActFor(session.UserId)) return (shard, row, session);
        }

        throw Unknown();
    }

    /// <exception cref="CacheException">NotFound: the text cannot be a session's id.</exception>
    internal int ShardOf(string sessionId) =>
        SessionId.TryGetShard(sessionId, edits.ShardCount, out var shard) ? shard : throw Unknown();

    internal async Task<(Row? Row, PathLock Lock)> GetLockAsync(int shard, OriginPath path, CancellationToken cancellation)
    {
        var row = await edits.GetAsync(shard, SessionRows.LockKey(path.Id), cancellation);
        return (row, row is null ? new PathLock(path.Origin.Name, path.Path, 0, null, null) : SessionRows.Lock(row));
    }

    internal OriginPath PathOf(Session session) => origins.Get(session.Origin, session.Path);

    /// <summary>Streams content into a name of its own.</summary>
    /// <param name="sizeBytes">null: not known before.</param>
    internal async Task<SavedContent> WriteContentAsync(
        string sessionId, Stream stream, long? sizeBytes, CancellationToken cancellation)
    {
        var name = ContentName.Mint(sessionId);
        await using var hashing = new HashingStream(stream);
        await content.WriteAsync(ContentName.Sessions, name, hashing, sizeBytes, cancellation);
        return new SavedContent(name, hashing.BytesRead, hashing.Sha256());
    }

    internal OriginContent ForOrigin(SavedContent saved) => new(
        saved.SizeBytes,
        saved.Sha256,
        new StoredContent(ContentName.Sessions, saved.Name),
        async (offset, cancellation) =>
            await content.OpenReadAsync(ContentName.Sessions, saved.Name, offset, null, cancellation)
            ?? throw new CacheException(ErrorCode.Internal, $"The content {saved.Name} is missing from storage."));

    /// <summary>
    /// Deletes content that no record names and none ever will: only after a failure that is certain. After one that
    /// leaves the outcome open (Unavailable) the sweeper decides later.
    /// </summary>
    internal async Task DeleteUncommittedAsync(SavedContent uncommitted)
    {
        try
        {
            await content.DeleteAsync(ContentName.Sessions, uncommitted.Name, CancellationToken.None);
        }
        catch (CacheException)
        {
            // Left to the sweeper.
        }
    }

    internal async IAsyncEnumerable<Row> ListAsync(
        int shard, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = after is null ? KeyRange.Prefix(prefix) : KeyRange.After(after, prefix);
        await foreach (var row in edits.QueryAsync(shard, range, cancellation)) yield return row;
    }

    private static CacheException Unknown() =>
        CacheException.NotFound("There is no such session. It may have been closed; create a new one.");

    internal static Operation Log(
        string type, Session session, Trigger trigger, string reason, string? error = null, string? metadata = null) =>
        new(type, session.Id, session.NasFilePath, trigger.By, trigger.UserId ?? session.UserId, reason, error is null, error, metadata);
}
