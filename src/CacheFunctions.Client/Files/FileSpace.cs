namespace CacheFunctions.Client;

/// <summary>Where files lie: an application's domain, and there either what is shared or what is a user's own.</summary>
public sealed record FileSpace
{
    private FileSpace(string domain, FileLevel level, string? userId) => (Domain, Level, UserId) = (domain, level, userId);

    public string Domain { get; }

    public FileLevel Level { get; }

    /// <summary>null: it is shared.</summary>
    public string? UserId { get; }

    internal string Address => UserId is null
        ? $"api/files/{Client.Address.Step(Domain)}/app"
        : $"api/files/{Client.Address.Step(Domain)}/user/{Client.Address.Step(UserId)}";

    public static FileSpace App(string domain) => new(domain, FileLevel.App, null);

    public static FileSpace User(string domain, string userId) => new(domain, FileLevel.User, userId);
}

public enum FileLevel
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,

    /// <summary>Shared.</summary>
    App,

    /// <summary>A user's own.</summary>
    User,
}

/// <summary>Who may read a file of the level user.</summary>
public enum FileVisibility
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,

    /// <summary>The user alone.</summary>
    Private,

    /// <summary>All users.</summary>
    Domain,
}
