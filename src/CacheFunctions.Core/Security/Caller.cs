using CacheFunctions.Errors;

namespace CacheFunctions.Security;

/// <summary>Who calls. Without a user it is a machine with a key, which may speak for any user.</summary>
/// <param name="UserId">null: no user is known.</param>
public sealed record Caller(string? UserId, bool IsAdmin)
{
    /// <summary>A program that holds a key, or this service's own timers.</summary>
    public static Caller Machine { get; } = new(null, false);

    public bool MayActFor(string userId) => UserId is null || IsAdmin || UserId == userId;

    /// <summary>Whose things the caller sees who asks for those of <paramref name="asked"/>, or for no one's in particular.</summary>
    /// <returns>null: everybody's, as admins and machines do.</returns>
    /// <exception cref="CacheException">Forbidden.</exception>
    public string? Sees(string? asked)
    {
        if (asked is not null) RequireMayActFor(asked);
        return UserId is null || IsAdmin ? asked : UserId;
    }

    /// <exception cref="CacheException">Forbidden: neither an admin nor a machine.</exception>
    public void RequireAdmin()
    {
        if (UserId is not null && !IsAdmin) throw new CacheException(ErrorCode.Forbidden, "Only admins may do this.");
    }

    /// <exception cref="CacheException">Forbidden.</exception>
    public void RequireMayActFor(string userId)
    {
        if (!MayActFor(userId))
            throw new CacheException(ErrorCode.Forbidden, $"user_id: must be your own ('{UserId}'), or you must be an admin.");
    }
}
