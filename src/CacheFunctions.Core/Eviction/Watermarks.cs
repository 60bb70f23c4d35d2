namespace CacheFunctions.Eviction;

/// <summary>Between which amounts of use evictions happen, so that not every new thing costs one.</summary>
/// <param name="QuotaBytes">What is never exceeded knowingly, in bytes.</param>
/// <param name="High">Above which part of the quota an eviction begins; above 0, up to 1.</param>
public sealed record Watermarks(long QuotaBytes, double High = Watermarks.DefaultHigh)
{
    public const double DefaultHigh = 0.9;

    private const double DefaultLow = 0.8;

    /// <summary>Above it an eviction begins, in bytes.</summary>
    public long HighBytes => (long)(QuotaBytes * High);

    /// <summary>There it ends, in bytes: 0.8 of the quota, or as much below a lower high watermark in proportion.</summary>
    public long LowBytes => (long)(QuotaBytes * (High >= DefaultHigh ? DefaultLow : High * DefaultLow / DefaultHigh));
}
