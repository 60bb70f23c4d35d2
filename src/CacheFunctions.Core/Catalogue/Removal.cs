using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>Takes files out of the cache: first the record, with one transaction, then the copy that nobody names any more.</summary>
internal sealed class Removal(CatalogueStore store)
{
    /// <summary>Safe to repeat: only the copy that the transaction took out is deleted, and no name is ever used twice.</summary>
    /// <exception cref="CacheException">NotFound: it is not cached (any more); Conflict: it is pinned.</exception>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    public async Task<CachedFile> RemoveAsync(
        CachedFileId id, string reason, Trigger trigger, string? requestKey, CancellationToken cancellation)
    {
        string? content = null;
        var removed = await store.Files.UpdateAsync(
            store.ShardOf(id),
            async token =>
            {
                content = null;
                var before = await store.Answers.FindAsync<RemovalAnswer>(store.ShardOf(id), requestKey, token);
                var (_, row, file) = await store.GetAsync(id, token);
                if (before.Answer is not null) return new Decision<CachedFile>(null, file);
                if (file.Status == FileStatus.Removed) throw CacheException.NotFound($"{file.Filename} was removed from the cache before.");
                if (file.Pinned) throw new CacheException(ErrorCode.Conflict, $"{file.Filename} is pinned. Unpin it first.");
                file.Status.RequireMayBecome(FileStatus.Removed);
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
