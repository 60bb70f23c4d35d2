using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>What is to be recorded of a file once its copy is there. Goes with a job, so it is plain data.</summary>
/// <param name="RequestKey">Under which the answer is remembered; null: under none.</param>
internal sealed record ToRecord(AddCachedFile Request, CacheMethod Method, Trigger Trigger, string? RequestKey)
{
    public string Reason => Request.AttributionReason ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(Request.Operation.ToString());
}

/// <summary>
/// Makes copies visible, each with one transaction. Safe to repeat: an id is active once, who comes second is told so, and
/// a copy that lost is deleted only when another is certainly the recorded one.
/// </summary>
internal sealed class Recording(CatalogueStore store, FileCopier copier, Linking linking, Removal removal)
{
    /// <summary>Records a copy that this service made. One that is not needed, since another was recorded first, is deleted.</summary>
    public async Task<AddedFile> RecordCopyAsync(CachedFileId id, ToRecord asked, CopiedFile copied)
    {
        string? replaced = null;
        try
        {
            var added = await store.Files.UpdateAsync(
                store.ShardOf(id),
                async token =>
                {
                    replaced = null;
                    var before = await store.Answers.FindAsync<AddingAnswer>(store.ShardOf(id), asked.RequestKey, token);
                    var found = await store.FindAsync(id, token);
                    if (found is not { File.Status: FileStatus.Active } && before.Answer is null)
                        return Record(id, asked, found, before, CatalogueStore.CachedPath(copied.Content), copied.SizeBytes, copied);
                    var isCurrent = found is not { File.Fingerprint: { } fingerprint } || fingerprint.IsSameVersion(copied.Fingerprint);
                    if (isCurrent) return new Decision<AddedFile>(null, new AddedFile(found!.File, before.Answer?.IsNew ?? false));
                    replaced = found!.File.Content;
                    var (change, file) = Refreshed(found, copied);
                    return new Decision<AddedFile>(change, new AddedFile(file, false));
                },
                CancellationToken.None);
            if (added.File!.Content != copied.Content) await copier.DeleteAsync(copied.Content);
            else added = added with { File = await LinkAsync(added.File, isNew: replaced is null) };
            if (replaced is not null) await copier.DeleteAsync(replaced);
            return added;
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await copier.DeleteAsync(copied.Content);
            throw;
        }
    }

    /// <summary>Records a copy that somebody else made.</summary>
    public Task<AddedFile> RecordExistingAsync(CachedFileId id, ToRecord asked, string cachedPath, long sizeBytes) =>
        store.Files.UpdateAsync(
            store.ShardOf(id),
            async token =>
            {
                var before = await store.Answers.FindAsync<AddingAnswer>(store.ShardOf(id), asked.RequestKey, token);
                var found = await store.FindAsync(id, token);
                return found is { File.Status: FileStatus.Active }
                    ? new Decision<AddedFile>(null, new AddedFile(found.File, before.Answer?.IsNew ?? false))
                    : Record(id, asked, found, before, cachedPath, sizeBytes, null);
            },
            CancellationToken.None);

    /// <summary>Puts a new version of the origin's file in place of the copy.</summary>
    /// <exception cref="CacheException">NotFound: it was removed from the cache meanwhile.</exception>
    public async Task<CachedFile> RefreshAsync(CachedFileId id, CopiedFile copied)
    {
        string? replaced = null;
        try
        {
            var after = await store.Files.UpdateAsync(
                store.ShardOf(id),
                async token =>
                {
                    var found = await store.GetAsync(id, token);
                    if (found.File.Status != FileStatus.Active) throw CacheException.NotFound("The file was removed from the cache meanwhile.");
                    replaced = found.File.Content;
                    var (change, file) = Refreshed(found, copied);
                    return new Decision<CachedFile>(change, file);
                },
                CancellationToken.None);
            after = await LinkAsync(after, isNew: false);
            if (replaced is not null) await copier.DeleteAsync(replaced);
            return after;
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await copier.DeleteAsync(copied.Content);
            throw;
        }
    }

    /// <summary>Lets a link stand for the original, if that was asked for; where it cannot, a new file is not cached at all.</summary>
    private async Task<CachedFile> LinkAsync(CachedFile file, bool isNew)
    {
        try
        {
            return await linking.PlaceAsync(file);
        }
        catch (CacheException error) when (error.Code != ErrorCode.Unavailable)
        {
            // One that was cached before stays so: its next revalidation tries again.
            if (!isNew) return file;
            await removal.RemoveAsync(file.Id, "no link could stand for the original", Trigger.System, null, CancellationToken.None);
            throw;
        }
    }

    private Decision<AddedFile> Record(
        CachedFileId id, ToRecord asked, FoundFile? found, Idempotency.Answered<AddingAnswer> before, string cachedPath, long sizeBytes, CopiedFile? copied)
    {
        found?.File.Status.RequireMayBecome(FileStatus.Active);
        var (request, now) = (asked.Request, store.Now);
        var file = new CachedFile(
            id, request.FilePath, request.OriginalPath ?? request.FilePath, cachedPath, asked.Method, sizeBytes, now,
            request.Operation, request.UserId, found?.File.Users ?? [], FileStatus.Active, now,
            Content: copied?.Content, Sha256: copied?.Sha256, Fingerprint: copied?.Fingerprint, Metadata: request.Metadata);
        var change = new Change();
        if (request.UserId is { } user) file = Attribution.With(change, file, user, asked.Reason, now);
        change
            .Put(CatalogueRows.FileKey(file.Id), found?.Row, CatalogueRows.Values(file))
            .Log(CatalogueStore.Log(copied is null ? "file_recorded" : "file_cached", file, asked.Trigger, asked.Reason));
        store.Answers.Remember(change, before, new AddingAnswer(true));
        return new(change, new AddedFile(file, true));
    }

    private static (Change Change, CachedFile File) Refreshed(FoundFile found, CopiedFile copied)
    {
        var file = found.File with
        {
            Content = copied.Content,
            CachedPath = CatalogueStore.CachedPath(copied.Content),
            SizeBytes = copied.SizeBytes,
            Sha256 = copied.Sha256,
            Fingerprint = copied.Fingerprint,
        };
        var change = new Change()
            .Replace(found.Row, CatalogueRows.Values(file))
            .Log(CatalogueStore.Log("file_refreshed", file, Trigger.System, "the origin's file has changed"));
        return (change, file);
    }
}

/// <summary>What is remembered of an answer to a request that cached a file; the file itself is read again.</summary>
internal sealed record AddingAnswer(bool IsNew);
