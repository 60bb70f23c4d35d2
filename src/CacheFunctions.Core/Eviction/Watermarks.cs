namespace CacheFunctions.Eviction;

/// <summary>Between which amounts of use evictions happen, so that not every new thing costs one.</summary>
/// <param name="QuotaBytes">What is never exceeded knowingly, in bytes.</param>
public sealed record Watermarks(long QuotaBytes)
{
    private const double High = 0.9;
    private const double Low = 0.8;

    /// <summary>Above it an eviction begins, in bytes.</summary>
    public long HighBytes => (long)(QuotaBytes * High);

    /// <summary>There it ends, in bytes.</summary>
    public long LowBytes => (long)(QuotaBytes * Low);
}
