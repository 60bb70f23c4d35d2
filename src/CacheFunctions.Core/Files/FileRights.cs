using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Files;

/// <summary>
/// Who may do what. Machines and admins do everything. Users read their domain's files of the level App, read and write their
/// own, and read those of others that are visible to the domain.
/// </summary>
internal static class FileRights
{
    /// <exception cref="CacheException">Forbidden.</exception>
    public static void RequireMayWrite(Caller caller, FileSpace space)
    {
        if (space.UserId is { } user) caller.RequireMayActFor(user);
        else if (caller.UserId is not null && !caller.IsAdmin)
            throw new CacheException(ErrorCode.Forbidden, "Only admins and machines may change files of the level app. Users write to the level user.");
    }

    /// <exception cref="CacheException">Forbidden.</exception>
    public static void RequireMayList(Caller caller, FileSpace space)
    {
        if (space.UserId is { } user) caller.RequireMayActFor(user);
    }

    public static bool MayRead(Caller caller, FileSpace space, FileVisibility visibility) =>
        space.UserId is not { } user || visibility == FileVisibility.Domain || caller.MayActFor(user);
}
