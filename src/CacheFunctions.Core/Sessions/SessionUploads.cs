using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>Saves that go straight to storage: an address to send the content to, and a commit that verifies it.</summary>
internal sealed class SessionUploads(SessionStore store, VersionWriter versions)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<SessionUpload> BeginAsync(Caller caller, string id, Conditions conditions, CancellationToken cancellation)
    {
        await versions.BeginAsync(caller, id, conditions, cancellation);
        var uploadId = store.Ids.Next();
        var target = await store.Contents.PresignUploadAsync(ContentName.Sessions, StagingName(id, uploadId), Lifetime, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "This storage takes no uploads of its own. PUT the content to the session.");
        return new SessionUpload(uploadId, target);
    }

    /// <summary>Makes an upload the newest version. Safe to repeat: an upload becomes one version, however often it is committed.</summary>
    /// <exception cref="CacheException">NotFound: nothing was uploaded; InvalidArgument: size or hash are not those of the upload.</exception>
    public async Task<Session> CommitAsync(
        Caller caller, string id, string uploadId, long sizeBytes, string sha256, Conditions conditions, CancellationToken cancellation)
    {
        var found = await versions.BeginAsync(caller, id, conditions, cancellation);
        if (await CommittedAsync(found, uploadId, cancellation) is { } before) return before;

        // A copy of its own: whoever has the address could still write to the upload after it was verified.
        var name = ContentName.Mint(id, store.Ids);
        if (!await store.Contents.CopyAsync(ContentName.Sessions, StagingName(id, uploadId), name, cancellation))
            throw CacheException.NotFound("upload_id: nothing was uploaded under it (any more). Ask for a new address and upload again.");
        var session = await store.OrDeleteAsync(name, async () =>
        {
            var content = await VerifyAsync(name, sizeBytes, sha256, cancellation);
            var version = new NewVersion(content, "session_saved", ", uploaded to storage", Also: async (change, after, token) =>
            {
                if (await CommittedAsync(found, uploadId, token) is not null)
                    throw new CacheException(ErrorCode.Conflict, "upload_id: is being committed by another request. Try again.");
                change.Insert(SessionRows.UploadKey(id, uploadId), SessionRows.UploadValues(after.Version));
            });
            return await versions.AppendAsync(caller, found, version, conditions, cancellation);
        });
        await store.DeleteUncommittedAsync(StagingName(id, uploadId));
        return session;
    }

    private async Task<SavedContent> VerifyAsync(string name, long sizeBytes, string sha256, CancellationToken cancellation)
    {
        await using var stream = await store.OpenAsync(new SavedContent(name, 0, ""), 0, null, cancellation);
        var (size, hash) = await HashingStream.ReadAllAsync(stream, cancellation);
        if (size != sizeBytes) throw CacheException.Invalid("size_bytes", $"is {sizeBytes}, but {size} bytes were uploaded.");
        if (!string.Equals(hash, sha256, StringComparison.OrdinalIgnoreCase))
            throw CacheException.Invalid("sha256", $"is not that of what was uploaded ({hash}).");
        return new SavedContent(name, size, hash);
    }

    /// <returns>The session as the commit left it; null: the upload has not been committed.</returns>
    private async Task<Session?> CommittedAsync(FoundSession found, string uploadId, CancellationToken cancellation)
    {
        var row = await store.Edits.GetAsync(found.Shard, SessionRows.UploadKey(found.Session.Id, uploadId), cancellation);
        if (row is null) return null;
        var number = row.Values.RequiredNumber("version");
        var version = await store.Edits.GetAsync(found.Shard, SessionRows.VersionKey(found.Session.Id, number), cancellation);
        return version is null ? null : found.Session with { Version = number, Content = SessionRows.Content(version) };
    }

    private static string StagingName(string id, string uploadId) => $"{id}/upload-{uploadId}";
}

/// <summary>Where a caller may send a version's content to, and the id to commit it by.</summary>
public sealed record SessionUpload(string Id, PresignedUpload Target);
