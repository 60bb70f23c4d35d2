using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Takes files out of the cache: first the record, with one transaction, then the copy that nobody names any more. Where a link
/// stands for the original, the record is marked first, and the original stands again before the copy may go.
/// </summary>
internal sealed class Removal(CatalogueStore store, Linking linking)
{
    /// <summary>Safe to repeat: only the copy that the transaction took out is deleted, and no name is ever used twice.</summary>
    /// <exception cref="CacheException">NotFound: it is not cached (any more); Conflict: it is pinned.</exception>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    public async Task<CachedFile> RemoveAsync(
        CachedFileId id, string reason, Trigger trigger, string? requestKey, CancellationToken cancellation)
    {
        if (await BeginAsync(id, reason, trigger, requestKey, cancellation) is { } linked) await linking.RestoreAsync(linked);
        string? content = null;
        var removed = await store.Files.UpdateAsync(
            store.ShardOf(id),
            async token =>
            {
                content = null;
                var before = await store.Answers.FindAsync<RemovalAnswer>(store.ShardOf(id), requestKey, token);
                var (_, row, file) = await store.GetAsync(id, token);
                if (before.Answer is not null) return new Decision<CachedFile>(null, file);
                RequireRemovable(file);
                // Cached anew since it was marked, so that its link may stand again.
                if (linking.IsLinked(file) && file.Status != FileStatus.PendingRemoval) throw BegunAgain(file);
                content = file.Content;
                var gone = file with { Status = FileStatus.Removed, StatusSince = store.Now, Content = null };
                var change = new Change()
                    .Replace(row, CatalogueRows.Values(gone))
                    .Log(CatalogueStore.Log("file_removed", gone, trigger, reason));
                store.Answers.Remember(change, before, new RemovalAnswer());
                return new(change, gone);
            },
            cancellation);
        if (content is not null) await DeleteAsync(content);
        return removed;
    }

    /// <summary>Marks a file whose original is a link. Whoever places the link sees the mark, or has placed it before.</summary>
    /// <returns>The marked file; null: there is no link to think of.</returns>
    private async Task<CachedFile?> BeginAsync(
        CachedFileId id, string reason, Trigger trigger, string? requestKey, CancellationToken cancellation)
    {
        if (store.Links is null) return null;
        var before = await store.Answers.FindAsync<RemovalAnswer>(store.ShardOf(id), requestKey, cancellation);
        if (before.Answer is not null) return null;
        var marked = await store.ChangeAsync(
            id,
            "file_removal_begun",
            trigger,
            (file, _) =>
            {
                RequireRemovable(file);
                return linking.IsLinked(file) && file.Status != FileStatus.PendingRemoval
                    ? (file with { Status = FileStatus.PendingRemoval, StatusSince = store.Now }, reason)
                    : null;
            },
            cancellation);
        return linking.IsLinked(marked) ? marked : null;
    }

    private static void RequireRemovable(CachedFile file)
    {
        if (file.Status == FileStatus.Removed) throw CacheException.NotFound($"{file.Filename} was removed from the cache before.");
        if (file.Pinned) throw new CacheException(ErrorCode.Conflict, $"{file.Filename} is pinned. Unpin it first.");
        file.Status.RequireMayBecome(FileStatus.Removed);
    }

    private static CacheException BegunAgain(CachedFile file) =>
        new(ErrorCode.Conflict, $"{file.Filename} was cached again meanwhile. Remove it again.");

    private async Task DeleteAsync(string content)
    {
        try
        {
            await store.Contents.DeleteAsync(ContentName.Cache, content, CancellationToken.None);
        }
        catch (CacheException)
        {
            // No row names it, so the sweeper finds it.
        }
    }
}

/// <summary>Remembered under a request key: the file was removed. The file itself is read again.</summary>
internal sealed record RemovalAnswer;
