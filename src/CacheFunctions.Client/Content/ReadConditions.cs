namespace CacheFunctions.Client;

/// <summary>What a read wants, and on what condition. Entity tags stand in quotes, as they were told.</summary>
public sealed record ReadConditions
{
    /// <summary>null: the whole.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>Only if it is another version than this; else <see cref="ContentInfo.IsNotModified"/>.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Only if it is still this version; else 412.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The range only if it is still this version; else the whole.</summary>
    public string? IfRange { get; init; }

    /// <summary>Only if it was changed since, where no entity tag is known.</summary>
    public DateTimeOffset? IfModifiedSince { get; init; }

    /// <summary>Only if it was not changed since; else 412.</summary>
    public DateTimeOffset? IfUnmodifiedSince { get; init; }

    internal IReadOnlyList<(string Name, string? Value)> Headers =>
    [
        ("Range", Range?.ToString()), ("If-None-Match", IfNoneMatch), ("If-Match", IfMatch), ("If-Range", IfRange),
        ("If-Modified-Since", Date(IfModifiedSince)), ("If-Unmodified-Since", Date(IfUnmodifiedSince)),
    ];

    private static string? Date(DateTimeOffset? time) => time?.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
