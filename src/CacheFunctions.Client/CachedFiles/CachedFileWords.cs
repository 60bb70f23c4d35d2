namespace CacheFunctions.Client;

public enum CachedFileStatus
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    Active,

    /// <summary>Its copy is gone.</summary>
    Orphaned,
    PendingRemoval,
    Removed,
}

/// <summary>What made a file be cached.</summary>
public enum CacheTrigger
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    Watchlist,
    Ondeck,
    Trakt,
    Manual,
    ContinueWatching,
    RealTimeWatch,
    ActiveWatching,
}

/// <summary>How a file is cached.</summary>
public enum CacheMethod
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,

    /// <summary>The original stays as it is.</summary>
    AtomicCopy,

    /// <summary>A link to the copy takes the original's place.</summary>
    AtomicSymlink,

    /// <inheritdoc cref="AtomicSymlink"/>
    AtomicHardlink,
}

/// <summary>Where a search looks.</summary>
public enum CachedFileSearch
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    All,
    Filename,
    Path,
    User,
    Operation,
}

public enum ExportFormat
{
    /// <summary>Not to be sent.</summary>
    Unknown,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>An array.</summary>
    Json,

    /// <summary>A line for each file.</summary>
    Txt,
}
