using CacheFunctions.Errors;

namespace CacheFunctions.Files;

/// <summary>Where files of one domain and level, and perhaps one user, lie together.</summary>
public sealed record FileSpace
{
    private const int MaxDomainLength = 63;
    private const int MaxUserIdLength = 128;

    private FileSpace(string domain, StorageLevel level, string? userId)
    {
        (Domain, Level, UserId) = (domain, level, userId);
        Prefix = level == StorageLevel.App ? $"{domain}/app/" : $"{domain}/user/{userId}/";
    }

    public string Domain { get; }

    public StorageLevel Level { get; }

    /// <summary>Of the level User; else null.</summary>
    public string? UserId { get; }

    /// <summary>What the names of all its files begin with in storage.</summary>
    public string Prefix { get; }

    /// <param name="domain">1 to 63 lower-case letters, digits, <c>-</c> and <c>_</c>, a letter or digit first.</param>
    /// <param name="userId">Up to 128 characters; of the level User, and of no other.</param>
    /// <exception cref="CacheException">InvalidArgument, naming what is wrong.</exception>
    public static FileSpace Of(string domain, StorageLevel level, string? userId)
    {
        if (domain.Length is 0 or > MaxDomainLength || !char.IsAsciiLetterOrDigit(domain[0]) || !domain.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
            throw CacheException.Invalid("domain", $"must be 1 to {MaxDomainLength} lower-case letters, digits, - and _, and begin with a letter or digit.");
        if (level == StorageLevel.User) return new FileSpace(domain, level, UserIdOf(userId));
        return string.IsNullOrEmpty(userId)
            ? new FileSpace(domain, level, null)
            : throw CacheException.Invalid("user_id", "must be left out: files of the level app belong to no user.");
    }

    private static string UserIdOf(string? userId)
    {
        if (string.IsNullOrEmpty(userId)) throw CacheException.Invalid("user_id", "is required for the level user.");
        if (userId.Length > MaxUserIdLength) throw CacheException.Invalid("user_id", $"is longer than {MaxUserIdLength} characters.");
        FileName.RequirePart("user_id", userId);
        return userId;
    }
}
