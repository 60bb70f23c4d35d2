using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Whose files are whose: users see and keep what is cached for them, and remove what is cached for nobody else. Admins and
/// machines may do everything. What a user may not see is not found.
/// </summary>
internal sealed class FileRights(CatalogueStore store)
{
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task<CachedFile> SeenAsync(Caller caller, CachedFileId id, CancellationToken cancellation)
    {
        var file = (await store.GetAsync(id, cancellation)).File;
        return IsAnybody(caller) || file.Users.Contains(caller.UserId!) ? file : throw CatalogueStore.NoSuchFile();
    }

    /// <exception cref="CacheException">NotFound.</exception>
    public Task RequireSeenAsync(Caller caller, CachedFileId id, CancellationToken cancellation) =>
        IsAnybody(caller) ? Task.CompletedTask : SeenAsync(caller, id, cancellation);

    /// <exception cref="CacheException">NotFound; Forbidden: it is cached for others, too.</exception>
    public async Task RequireOwnAsync(Caller caller, CachedFileId id, CancellationToken cancellation)
    {
        if (IsAnybody(caller)) return;
        var file = await SeenAsync(caller, id, cancellation);
        if (file.Users.Any(user => user != caller.UserId))
            throw new CacheException(ErrorCode.Forbidden, $"{file.Filename} is cached for others, too. Take back your own attribution instead (DELETE …/users/{caller.UserId}).");
    }

    private static bool IsAnybody(Caller caller) => caller.UserId is null || caller.IsAdmin;
}
