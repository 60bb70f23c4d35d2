namespace CacheFunctions.Client;

/// <summary>Which file is opened, and for whom.</summary>
public sealed record NewSession
{
    public required string UserId { get; init; }

    /// <summary>What the user calls it; relative to the default origin, unless <see cref="NasFilePath"/> is said.</summary>
    public required string FilePath { get; init; }

    /// <summary>The file, with its origin's prefix; null: <see cref="FilePath"/> in the default origin.</summary>
    public string? NasFilePath { get; init; }

    /// <summary>Whether nobody else may write the file meanwhile.</summary>
    public bool Lock { get; init; }

    /// <summary>Whether the file need not exist yet.</summary>
    public bool Create { get; init; }
}

/// <summary>Which sessions are listed; what is null does not count.</summary>
public sealed record SessionQuery
{
    public string? UserId { get; init; }

    public SessionState? State { get; init; }

    /// <summary>How many a page has, 1 to 500 (50).</summary>
    public int? PageSize { get; init; }
}

/// <summary>What a write back does where somebody else has changed the origin's file.</summary>
public enum OnConflict
{
    /// <summary>Not to be sent.</summary>
    Unknown,

    /// <summary>Answers 409 and changes nothing.</summary>
    Fail,

    /// <summary>The session's version takes the place of the other.</summary>
    Overwrite,

    /// <summary>The session's version goes beside the other, under a name of its own.</summary>
    KeepBoth,

    /// <summary>The session takes the origin's version.</summary>
    Discard,
}
