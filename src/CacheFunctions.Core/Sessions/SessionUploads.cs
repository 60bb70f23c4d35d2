using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>
/// Saves whose content was uploaded before: straight to storage, committed and verified then, or piece by piece. An upload becomes one
/// version, however often it is committed: its row is in the version's own transaction.
/// </summary>
internal sealed class SessionUploads
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly SessionStore _store;
    private readonly VersionWriter _versions;
    private readonly PatientWork<Commit, Session> _commits;

    public SessionUploads(SessionStore store, VersionWriter versions, JobRunner jobs, SessionSettings settings)
    {
        (_store, _versions) = (store, versions);
        _commits = new PatientWork<Commit, Session>(jobs, "session_commit", settings.LargeBytes, CommitAsync);
    }

    public async Task<SessionUpload> BeginAsync(Caller caller, string id, Conditions conditions, CancellationToken cancellation)
    {
        await _versions.BeginAsync(caller, id, conditions, cancellation);
        var uploadId = _store.Ids.Next();
        var target = await _store.Contents.PresignUploadAsync(ContentName.Sessions, StagingName(id, uploadId), Lifetime, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "This storage takes no uploads of its own. PUT the content to the session.");
        return new SessionUpload(uploadId, target);
    }

    /// <summary>Makes an upload the newest version.</summary>
    /// <exception cref="CacheException">NotFound: nothing was uploaded; InvalidArgument: size or hash are not those of the upload.</exception>
    public async Task<PatientResult<Session>> CommitAsync(
        Caller caller, string id, string uploadId, long sizeBytes, string sha256, Conditions conditions, CancellationToken cancellation)
    {
        // What is refused is refused before it becomes a job.
        var (session, isCommitted) = await CheckAsync(caller, id, uploadId, conditions, cancellation);
        if (isCommitted) return new PatientResult<Session>(session, null);
        var size = await _store.Contents.SizeAsync(ContentName.Sessions, StagingName(id, uploadId), cancellation) ?? throw NothingUploaded();
        if (size != sizeBytes) throw WrongSize(sizeBytes, size);
        var order = new Commit(caller, id, uploadId, sizeBytes, sha256, conditions);
        return await _commits.DoAsync(order, $"{id}-{uploadId}", session.NasFilePath, session.UserId, sizeBytes);
    }

    /// <summary>Makes content that came piece by piece the newest version.</summary>
    /// <param name="uploadId">The same for the same content.</param>
    public async Task<Session> SaveAsync(
        Caller caller, string id, string uploadId, Stream content, long sizeBytes, Conditions conditions, CancellationToken cancellation)
    {
        if (await CommittedAsync(caller, id, uploadId, cancellation) is { } before) return before;
        var found = await _versions.BeginAsync(caller, id, conditions, cancellation);
        var saved = await _store.WriteContentAsync(id, content, sizeBytes, cancellation);
        return await AppendAsync(caller, found, uploadId, saved.Name, () => Task.FromResult(saved), "uploaded in pieces", conditions, cancellation);
    }

    /// <summary>Whether an upload may become the newest version, or is one already.</summary>
    /// <param name="uploadId">null: one that is still to come.</param>
    /// <returns>The session as it is; or as the commit left it.</returns>
    public async Task<(Session Session, bool IsCommitted)> CheckAsync(
        Caller caller, string id, string? uploadId, Conditions conditions, CancellationToken cancellation)
    {
        // First, since the version that was committed is another one than the conditions ask for.
        if (uploadId is not null && await CommittedAsync(caller, id, uploadId, cancellation) is { } before) return (before, true);
        return ((await _versions.BeginAsync(caller, id, conditions, cancellation)).Session, false);
    }

    private async Task<Session> CommitAsync(Commit commit, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (caller, id, uploadId, sizeBytes, sha256, conditions) = commit;
        if (await CommittedAsync(caller, id, uploadId, cancellation) is { } before) return before;
        var found = await _versions.BeginAsync(caller, id, conditions, cancellation);
        // A copy of its own: whoever has the address could still write to the upload after it was verified.
        var name = ContentName.Mint(id, _store.Ids);
        if (!await _store.Contents.CopyAsync(ContentName.Sessions, StagingName(id, uploadId), name, cancellation)) throw NothingUploaded();
        var session = await AppendAsync(
            caller, found, uploadId, name, () => VerifyAsync(name, sizeBytes, sha256, progress, cancellation), "uploaded to storage", conditions, cancellation);
        await _store.DeleteUncommittedAsync(StagingName(id, uploadId));
        return session;
    }

    private async Task<Session> AppendAsync(
        Caller caller,
        FoundSession found,
        string uploadId,
        string name,
        Func<Task<SavedContent>> verify,
        string how,
        Conditions conditions,
        CancellationToken cancellation)
    {
        var id = found.Session.Id;
        try
        {
            return await _store.OrDeleteAsync(name, async () =>
            {
                var version = new NewVersion(await verify(), "session_saved", $", {how}", Also: async (change, after, token) =>
                {
                    if (await CommittedAsync(caller, id, uploadId, token) is { } before) throw new CommittedException(before);
                    change.Insert(SessionRows.UploadKey(id, uploadId), SessionRows.UploadValues(after.Version));
                });
                return await _versions.AppendAsync(caller, found, version, conditions, cancellation);
            });
        }
        catch (CommittedException committed)
        {
            return committed.Session;
        }
    }

    private async Task<SavedContent> VerifyAsync(
        string name, long sizeBytes, string sha256, IProgress<long>? progress, CancellationToken cancellation)
    {
        await using var stream = await _store.OpenAsync(new SavedContent(name, 0, ""), 0, null, cancellation);
        var (size, hash) = await HashingStream.ReadAllAsync(progress is null ? stream : new ReportingStream(stream, progress), cancellation);
        if (size != sizeBytes) throw WrongSize(sizeBytes, size);
        if (!string.Equals(hash, sha256, StringComparison.OrdinalIgnoreCase))
            throw CacheException.Invalid("sha256", $"is not that of what was uploaded ({hash}).");
        return new SavedContent(name, size, hash);
    }

    /// <returns>The session as the commit left it; null: the upload has not been committed.</returns>
    private async Task<Session?> CommittedAsync(Caller caller, string id, string uploadId, CancellationToken cancellation)
    {
        var (shard, _, session) = await _store.GetAsync(caller, id, cancellation);
        if (await _store.Edits.GetAsync(shard, SessionRows.UploadKey(id, uploadId), cancellation) is not { } row) return null;
        var number = row.Values.RequiredNumber("version");
        var version = await _store.Edits.GetAsync(shard, SessionRows.VersionKey(id, number), cancellation);
        return version is null ? null : session with { Version = number, Content = SessionRows.Content(version) };
    }

    private static CacheException NothingUploaded() =>
        CacheException.NotFound("upload_id: nothing was uploaded under it (any more). Ask for a new address and upload again.");

    private static CacheException WrongSize(long said, long actual) =>
        CacheException.Invalid("size_bytes", $"is {said}, but {actual} bytes were uploaded.");

    private static string StagingName(string id, string uploadId) => $"{id}/upload-{uploadId}";

    private sealed record Commit(Caller Caller, string Id, string UploadId, long SizeBytes, string Sha256, Conditions Conditions);

    /// <summary>Another request has committed it meanwhile.</summary>
    private sealed class CommittedException(Session session) : Exception
    {
        public Session Session => session;
    }
}

/// <summary>Where a caller may send a version's content to, and the id to commit it by.</summary>
public sealed record SessionUpload(string Id, PresignedUpload Target);
