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
        CachedFileId id, string reason, Trigger trigger, string? requestKey, CancellationToken cancellation) =>
        (await RemoveAsync(id, new RemovalOrder("file_removed", reason, trigger, requestKey), cancellation))!;

    /// <summary>The same for whoever has chosen the file before, and wants it gone only if it is still what was chosen.</summary>
    /// <returns>null: it stays, since it has changed.</returns>
    public async Task<CachedFile?> RemoveAsync(CachedFileId id, RemovalOrder order, CancellationToken cancellation)
    {
        if (await BeginAsync(id, order, cancellation) is { } linked) await linking.RestoreAsync(linked);
        string? content = null;
        var removed = await store.Files.UpdateAsync<CachedFile?>(
            store.ShardOf(id),
            async token =>
            {
                content = null;
                var before = await store.Answers.FindAsync<RemovalAnswer>(store.ShardOf(id), order.RequestKey, token);
                var (_, row, file) = await store.GetAsync(id, token);
                if (before.Answer is not null) return new Decision<CachedFile?>(null, file);
                RequireRemovable(file);
                if (!order.Fits(file)) return new Decision<CachedFile?>(null, null);
                // Cached anew since it was marked, so that its link may stand again.
                if (linking.IsLinked(file) && file.Status != FileStatus.PendingRemoval) throw BegunAgain(file);
                content = file.Content;
                var gone = file with { Status = FileStatus.Removed, StatusSince = store.Now, Content = null };
                var change = new Change()
                    .Replace(row, CatalogueRows.Values(gone))
                    .Log(CatalogueStore.Log(order.Operation, gone, order.Trigger, order.Reason) with { Metadata = order.Metadata });
                store.Answers.Remember(change, before, new RemovalAnswer());
                return new(change, gone);
            },
            cancellation);
        if (content is not null) await DeleteAsync(content);
        return removed;
    }

    /// <summary>Marks a file whose original is a link. Whoever places the link sees the mark, or has placed it before.</summary>
    /// <returns>The marked file; null: there is no link to think of.</returns>
    private async Task<CachedFile?> BeginAsync(CachedFileId id, RemovalOrder order, CancellationToken cancellation)
    {
        if (store.Links is null) return null;
        var before = await store.Answers.FindAsync<RemovalAnswer>(store.ShardOf(id), order.RequestKey, cancellation);
        if (before.Answer is not null) return null;
        var marked = await store.ChangeAsync(
            id,
            "file_removal_begun",
            order.Trigger,
            (file, _) =>
            {
                RequireRemovable(file);
                return linking.IsLinked(file) && file.Status != FileStatus.PendingRemoval && order.Fits(file)
                    ? (file with { Status = FileStatus.PendingRemoval, StatusSince = store.Now }, order.Reason)
                    : null;
            },
            cancellation);
        return linking.IsLinked(marked) && marked.Status == FileStatus.PendingRemoval ? marked : null;
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

/// <summary>Why a file is to be removed, and on which condition.</summary>
/// <param name="Operation">What the log calls it: file_removed, file_evicted, file_expired.</param>
/// <param name="RequestKey">Under which the request may come again without a second effect; null: every one counts.</param>
/// <param name="Metadata">For the log: a JSON object; null: none.</param>
internal sealed record RemovalOrder(string Operation, string Reason, Trigger Trigger, string? RequestKey = null, string? Metadata = null)
{
    /// <summary>Asked of the record as it stands in the transaction; null: it goes in any case.</summary>
    public Func<CachedFile, bool>? StillGoes { get; init; }

    /// <summary>A removal that was begun goes on: its original may stand again already.</summary>
    public bool Fits(CachedFile file) => file.Status == FileStatus.PendingRemoval || StillGoes?.Invoke(file) != false;
}

/// <summary>Remembered under a request key: the file was removed. The file itself is read again.</summary>
internal sealed record RemovalAnswer;
