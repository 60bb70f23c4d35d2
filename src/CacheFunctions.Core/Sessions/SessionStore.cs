using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Idempotency;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>The records and contents of sessions, as the parts of the session service share them.</summary>
public sealed class SessionStore(
    RecordTable edits, IContentStore content, OriginSet origins, JobStore jobs, TimeProvider time, RandomIds? ids = null)
{
    public const string TableName = SessionRows.Table;

    internal RecordTable Edits => edits;

    internal IContentStore Contents => content;

    internal Answers Answers { get; } = new(edits, time);

    internal OriginSet Origins => origins;

    internal RandomIds Ids { get; } = ids ?? RandomIds.Secure;

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
        if (row is null) return (null, new PathLock(path.Origin.Name, path.Path, 0, null, null));
        var pathLock = SessionRows.Lock(row);
        // What a job writes is under way for as long as the job's lease is renewed.
        if (pathLock.Intent is { JobId: { } job } intent && intent.Deadline <= Now
            && await jobs.LeaseOfAsync(job, cancellation) is { } lease)
            pathLock = pathLock with { Intent = intent with { Deadline = lease } };
        return (row, pathLock);
    }

    /// <summary>Whether some instance carries a job out at this moment, or soon will.</summary>
    internal async Task<bool> IsAliveAsync(string? jobId, CancellationToken cancellation) =>
        jobId is not null && await jobs.LeaseOfAsync(jobId, cancellation) is not null;

    /// <exception cref="CacheException">Unavailable: the first copy is still being made.</exception>
    internal static void RequireReady(Session session)
    {
        if (!session.IsPreparing) return;
        var details = new Dictionary<string, object?> { ["job_id"] = session.JobId };
        throw new CacheException(
            ErrorCode.Unavailable, $"{session.NasFilePath} is still being copied. Its job tells how far it is; try again then.", details)
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
    }

    internal OriginPath PathOf(Session session) => origins.Get(session.Origin, session.Path);

    /// <summary>Where the session's work was kept beside the origin's file, as callers know it; null: it was not.</summary>
    internal string? KeptAt(Session session) => session.ConflictCopy is { } copy ? NasPath(session, copy.Path) : null;

    internal string NasPath(Session session, string path) => origins.Get(session.Origin, path).NasPath;

    /// <summary>Streams content into a name of its own.</summary>
    /// <param name="sizeBytes">null: not known before.</param>
    internal async Task<SavedContent> WriteContentAsync(
        string sessionId, Stream stream, long? sizeBytes, CancellationToken cancellation)
    {
        var name = ContentName.Mint(sessionId, Ids);
        await using var hashing = new HashingStream(stream);
        await content.WriteAsync(ContentName.Sessions, name, hashing, sizeBytes, cancellation);
        return new SavedContent(name, hashing.BytesRead, hashing.Sha256());
    }

    internal OriginContent ForOrigin(SavedContent saved) => new(
        saved.SizeBytes,
        saved.Sha256,
        saved.Spans is null ? new StoredContent(ContentName.Sessions, saved.Name) : null,
        async (offset, cancellation) =>
        {
            try
            {
                return await OpenAsync(saved, offset, null, cancellation);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                // While it is written back a session cannot end, so this is a loss and no race.
                throw new CacheException(ErrorCode.Internal, $"The content {saved.Name} is missing from storage.", null, error);
            }
        });

    /// <param name="length">null: to the end.</param>
    /// <exception cref="CacheException">NotFound: it is gone, because its session was closed meanwhile.</exception>
    internal Task<Stream> OpenAsync(SavedContent saved, long offset, long? length, CancellationToken cancellation)
    {
        if (saved.Spans is null) return OpenSpanAsync(saved.Name, offset, length, cancellation);
        var spans = SpanStream.Slice(saved.Spans, offset, length ?? saved.SizeBytes - offset);
        return Task.FromResult<Stream>(new SpanStream(
            spans, (span, token) => OpenSpanAsync(span.Name, span.Offset, span.Length, token)));
    }

    private async Task<Stream> OpenSpanAsync(string name, long offset, long? length, CancellationToken cancellation) =>
        await content.OpenReadAsync(ContentName.Sessions, name, offset, length, cancellation)
        ?? throw Gone();

    internal static CacheException Gone() => CacheException.NotFound("The version is gone: its session was closed meanwhile.");

    /// <summary>
    /// Deletes content that no record names and none ever will: only after a failure that is certain. After one that
    /// leaves the outcome open (Unavailable) the sweeper decides later.
    /// </summary>
    internal async Task DeleteUncommittedAsync(string name)
    {
        try
        {
            await content.DeleteAsync(ContentName.Sessions, name, CancellationToken.None);
        }
        catch (CacheException)
        {
            // Left to the sweeper.
        }
    }

    /// <summary>Commits what names the content, and deletes it when that certainly failed.</summary>
    internal async Task<T> OrDeleteAsync<T>(string name, Func<Task<T>> commit)
    {
        try
        {
            return await commit();
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await DeleteUncommittedAsync(name);
            throw;
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
