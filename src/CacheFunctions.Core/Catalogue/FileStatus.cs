using CacheFunctions.Errors;

namespace CacheFunctions.Catalogue;

public enum FileStatus
{
    Active,

    /// <summary>The copy is gone.</summary>
    Orphaned,
    PendingRemoval,
    Removed,
}

/// <summary>Which moves between statuses there are.</summary>
public static class FileStatusMoves
{
    public static bool MayBecome(this FileStatus from, FileStatus to) => from == to || (from, to) switch
    {
        (FileStatus.Active, _) => true,
        (FileStatus.Orphaned, _) => true,
        (FileStatus.PendingRemoval, FileStatus.Active or FileStatus.Removed) => true,
        (FileStatus.Removed, FileStatus.Active) => true,
        _ => false,
    };

    /// <exception cref="CacheException">Conflict: there is no such move.</exception>
    public static void RequireMayBecome(this FileStatus from, FileStatus to)
    {
        if (!from.MayBecome(to))
            throw new CacheException(ErrorCode.Conflict, $"A file that is {from} cannot become {to}.");
    }
}
