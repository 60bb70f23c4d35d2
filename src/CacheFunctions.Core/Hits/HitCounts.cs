namespace CacheFunctions.Hits;

/// <summary>How often a cache had what was asked for, and how often it had to go to the origin; bytes are those that were sent.</summary>
public readonly record struct HitCounts(long Hits, long Misses, long HitBytes, long MissBytes)
{
    /// <summary>From 0 to 1; 0 when nothing was asked for.</summary>
    public double Ratio => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);

    public static HitCounts operator +(HitCounts one, HitCounts other) => new(
        one.Hits + other.Hits, one.Misses + other.Misses, one.HitBytes + other.HitBytes, one.MissBytes + other.MissBytes);
}

/// <summary>What was counted on all instances since a whole hour.</summary>
/// <param name="ByDay">The days of UTC on which anything was counted, oldest first; the first may have begun before the window.</param>
public sealed record HitWindow(DateTimeOffset Since, DateTimeOffset Until, HitCounts Counts, IReadOnlyList<HitDay> ByDay);

public readonly record struct HitDay(DateOnly Day, HitCounts Counts);
