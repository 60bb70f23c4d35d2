using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>What is to be recorded of a file once its copy is there. Goes with a job, so it is plain data.</summary>
/// <param name="RequestKey">Under which the answer is remembered; null: under none.</param>
/// <param name="Replaces">The copy that a new version of the original takes the place of; null: the file is not cached yet.</param>
internal sealed record ToRecord(AddCachedFile Request, CacheMethod Method, Trigger Trigger, string? RequestKey, string? Replaces = null)
{
    public string Reason => Request.AttributionReason ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(Request.Operation.ToString());
}

/// <summary>
/// Makes copies visible, each with one transaction. Safe to repeat: an id is active once, who comes second is told so, and
/// a copy that lost is deleted only when another is certainly the recorded one.
/// </summary>
internal sealed class Recording(CatalogueStore store, FileCopier copier, Linking linking, Removal removal)
{
    /// <summary>Records a copy that this service made, or puts it in the place of the one that it replaces.</summary>
    /// <returns>null: others have refreshed or removed the file meanwhile, so that this copy is of no use; look again.</returns>
    public async Task<AddedFile?> RecordCopyAsync(CachedFileId id, ToRecord asked, CopiedFile copied)
    {
        using var room = copied;
        try
        {
            var added = await store.Files.UpdateAsync(store.ShardOf(id), token => DecideAsync(id, asked, copied, token), CancellationToken.None);
            if (added?.File?.Content != copied.Content)
            {
                await DropAsync(copied);
                return added;
            }

            added = added with { File = await LinkAsync(added.File, isNew: asked.Replaces is null) };
            if (asked.Replaces is not null) await copier.DeleteAsync(asked.Replaces);
            return added;
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await DropAsync(copied);
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
                if (found is { File.Status: FileStatus.Active })
                    return new Decision<AddedFile>(null, new AddedFile(found.File, before.Answer?.IsNew ?? false));
                var anew = Record(id, asked, found, before, cachedPath, sizeBytes, null);
                return before.Answer is { } answer ? Answered(found, answer, anew) : anew;
            },
            CancellationToken.None);

    private async Task<Decision<AddedFile?>> DecideAsync(CachedFileId id, ToRecord asked, CopiedFile copied, CancellationToken cancellation)
    {
        var found = await store.FindAsync(id, cancellation);
        var active = found is { File.Status: FileStatus.Active } ? found : null;
        if (asked.Replaces is not null)
        {
            // Another copy than the one that was found too old: whose is newer, nobody here knows.
            if (active?.File.Content != asked.Replaces) return new(null, null);
            var (change, file) = Refreshed(active, copied);
            return new(change, new AddedFile(file, false));
        }

        var before = await store.Answers.FindAsync<AddingAnswer>(store.ShardOf(id), asked.RequestKey, cancellation);
        if (active is not null) return new(null, new AddedFile(active.File, before.Answer?.IsNew ?? false));
        var anew = Record(id, asked, found, before, CatalogueStore.CachedPath(copied.Content), copied.SizeBytes, copied);
        var decided = before.Answer is { } answer ? Answered(found, answer, anew) : anew;
        return new(decided.Change, decided.Result);
    }

    /// <summary>A copy that is of no use. Another run of its job may be making the same one, so a job's is left to the sweeper.</summary>
    private Task DropAsync(CopiedFile copied) => copied.IsOfJob ? Task.CompletedTask : copier.DeleteAsync(copied.Content);

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

    /// <summary>The request came before: nothing is changed, whatever became of the file since.</summary>
    private static Decision<AddedFile> Answered(FoundFile? found, AddingAnswer answer, Decision<AddedFile> anew) => new(
        null, new AddedFile(found?.File ?? anew.Result.File! with { Status = FileStatus.Removed, Content = null }, answer.IsNew));

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
