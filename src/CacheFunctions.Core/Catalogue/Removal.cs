using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Catalogue;

/// <summary>Takes files out of the cache: first the record, with one transaction, then the copy that nobody names any more.</summary>
internal sealed class Removal(CatalogueStore store)
{
    /// <summary>Safe to repeat: only the copy that the transaction took out is deleted, and no name is ever used twice.</summary>
    /// <exception cref="CacheException">NotFound: it is not cached (any more); Conflict: it is pinned.</exception>
    public async Task<CachedFile> RemoveAsync(CachedFileId id, string reason, Trigger trigger, CancellationToken cancellation)
    {
        string? content = null;
        var removed = await store.ChangeAsync(
            id,
            "file_removed",
            trigger,
            (file, _) =>
            {
                if (file.Status == FileStatus.Removed) throw CacheException.NotFound($"{file.Filename} was removed from the cache before.");
                if (file.Pinned) throw new CacheException(ErrorCode.Conflict, $"{file.Filename} is pinned. Unpin it first.");
                file.Status.RequireMayBecome(FileStatus.Removed);
                content = file.Content;
                return (file with { Status = FileStatus.Removed, StatusSince = store.Now, Content = null }, reason);
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
