using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>For whom files are cached. The file's row lists its users; each has a row of its own with the reason.</summary>
internal sealed class Attribution(CatalogueStore store)
{
    // A text of a row has at most 32 Ki characters.
    private const int MaxCharacters = 30_000;

    /// <summary>Safe to repeat: a user is attributed once.</summary>
    public Task<CachedFile> AddAsync(
        CachedFileId id, string userId, string reason, Trigger trigger, CancellationToken cancellation) =>
        store.ChangeAsync(
            id,
            "user_added",
            trigger,
            (file, change) =>
            {
                if (file.Status == FileStatus.Removed) throw CacheException.NotFound("The file was removed from the cache.");
                return file.Users.Contains(userId) ? null : (With(change, file, userId, reason, store.Now), $"{userId}: {reason}");
            },
            cancellation);

    /// <summary>Safe to repeat. The first user to trigger stays <see cref="CachedFile.TriggeredByUser"/>.</summary>
    public Task<CachedFile> RemoveAsync(CachedFileId id, string userId, Trigger trigger, CancellationToken cancellation) =>
        store.ChangeAsync(
            id,
            "user_removed",
            trigger,
            (file, change) =>
            {
                if (!file.Users.Contains(userId)) return null;
                change.DeleteAny(CatalogueRows.UserKey(id, userId));
                return (file with { Users = [.. file.Users.Where(each => each != userId)] }, userId);
            },
            cancellation);

    /// <summary>The file with one more user, whose row goes into the same transaction.</summary>
    public static CachedFile With(Change change, CachedFile file, string userId, string reason, DateTimeOffset at)
    {
        if (file.Users.Contains(userId)) return file;
        if (file.Users.Sum(each => each.Length + 3) + userId.Length > MaxCharacters)
            throw new CacheException(ErrorCode.Conflict, "user_id: the file is attributed to as many users as it can be.");
        change.Insert(CatalogueRows.UserKey(file.Id, userId), CatalogueRows.UserValues(userId, reason, at));
        return file with { Users = [.. file.Users, userId] };
    }
}
