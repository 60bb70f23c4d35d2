namespace CacheFunctions.Files;

/// <summary>For whom a file is (section Storage Levels of the fourth source document).</summary>
public enum StorageLevel
{
    /// <summary>Shared by all users of a domain: <c>{domain}/app/{filename}</c>.</summary>
    App,

    /// <summary>One user's: <c>{domain}/user/{user_id}/{filename}</c>.</summary>
    User,
}

/// <summary>Who may read a user's file besides that user.</summary>
public enum FileVisibility
{
    /// <summary>Nobody.</summary>
    Private,

    /// <summary>The other users: avatars, say.</summary>
    Domain,
}
