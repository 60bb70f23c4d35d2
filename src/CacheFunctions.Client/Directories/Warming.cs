namespace CacheFunctions.Client;

/// <summary>What is brought into the directory cache before anybody asks: items, or a manifest that lists them.</summary>
public sealed record WarmRequest
{
    /// <summary>1 to 1,000.</summary>
    public IReadOnlyList<WarmItem>? Items { get; init; }

    /// <summary>A JSON file of an origin, with the same <c>items</c>.</summary>
    public string? Manifest { get; init; }

    /// <summary>null: as fast as it goes.</summary>
    public long? MaxBytesPerSecond { get; init; }
}

/// <param name="From">A folder or file of an origin.</param>
/// <param name="Path">Where it goes in the directory cache.</param>
public sealed record WarmItem(string From, string Path);

public sealed record WarmReport(long Done, long Failed, long Files, long Bytes, IReadOnlyList<WarmedItem> Items);

/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record WarmedItem(string From, string Path, WarmState State, long Files, long Bytes, string? Error);

public enum WarmState
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    Pending,
    Running,
    Done,
    Failed,
}
