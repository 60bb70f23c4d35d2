namespace CacheFunctions.Eviction.Replay;

/// <summary>One use of something cacheable.</summary>
/// <param name="SizeBytes">What it takes in the cache.</param>
public readonly record struct TraceAccess(ulong Key, long SizeBytes)
{
    /// <summary>How much of it was read; else the whole.</summary>
    public long ReadBytes { get; init; } = SizeBytes;
}

/// <summary>All accesses, of which a sample was recorded.</summary>
public sealed record TraceTotals(long Accesses, long Bytes);
