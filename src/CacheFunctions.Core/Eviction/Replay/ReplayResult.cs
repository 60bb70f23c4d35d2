namespace CacheFunctions.Eviction.Replay;

/// <summary>What a cache would have done. Of a sampled trace, estimates for the whole one.</summary>
/// <param name="SampleRate">Which share of the keys was replayed; 1: all.</param>
/// <param name="EvictedBytes">In bytes, as <paramref name="Bytes"/> and <paramref name="HitBytes"/>.</param>
public sealed record ReplayResult(
    double SampleRate, long Accesses, long Hits, long Bytes, long HitBytes, long Evictions, long EvictedBytes)
{
    /// <summary>From 0 to 1; 0 when there were no accesses.</summary>
    public double HitRatio => Accesses == 0 ? 0 : (double)Hits / Accesses;

    /// <summary>From 0 to 1; 0 when there were no bytes.</summary>
    public double ByteHitRatio => Bytes == 0 ? 0 : (double)HitBytes / Bytes;
}
