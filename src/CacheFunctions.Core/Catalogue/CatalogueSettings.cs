using CacheFunctions.Eviction.Stored;

namespace CacheFunctions.Catalogue;

/// <summary>Settings under <c>Cache:</c>.</summary>
public sealed record CatalogueSettings
{
    /// <summary>How many bytes of copies are kept: the quota; 1 MiB to 1 PiB.</summary>
    public long MaxBytes { get; init; } = 100L << 30;

    /// <summary>Which files go when the quota fills: a name of <see cref="StoredPolicies"/>.</summary>
    public string EvictionPolicy { get; init; } = StoredPolicies.Default;

    /// <summary>How long a copy is kept since it was cached or last used, in seconds, up to ten years; 0: as long as there is room.</summary>
    public long TtlSeconds { get; init; }

    /// <summary>Whether originals stay as they are unless a caller asks otherwise; false: a link takes their place where the operation allows.</summary>
    public bool CopyMode { get; init; } = true;

    /// <summary>For how long a copy is served without asking the origin whether it has changed; up to a day.</summary>
    public TimeSpan RevalidateAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Larger files are copied by jobs, as those of sessions are (<see cref="Sessions.SessionSettings.LargeBytes"/>).</summary>
    public long LargeBytes { get; init; } = new Sessions.SessionSettings().LargeBytes;

    /// <summary>Whether a copy is served when the origin does not answer.</summary>
    public bool ServeStaleOnError { get; init; }
}
