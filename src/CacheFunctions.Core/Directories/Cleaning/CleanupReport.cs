using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheFunctions.Directories.Cleaning;

/// <summary>What a cleanup did, or would do.</summary>
/// <param name="ExpiredCount">Directories whose TTL had run out.</param>
/// <param name="EvictedCount">Directories that the quota demanded.</param>
/// <param name="FreedBytes">Of the files that were removed with both.</param>
/// <param name="Removed">The first ones of those, with why.</param>
/// <param name="KeptCount">Directories that had expired and stayed.</param>
/// <param name="Kept">The first ones of those, with why.</param>
/// <param name="ResumedCount">Removals that were interrupted before and are ended now.</param>
public sealed record CleanupReport(
    bool DryRun,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt = null,
    int ExpiredCount = 0,
    long FreedBytes = 0,
    IReadOnlyList<CleanedDirectory>? Removed = null,
    int KeptCount = 0,
    IReadOnlyList<CleanedDirectory>? Kept = null,
    int ResumedCount = 0,
    int EvictedCount = 0)
{
    private const int MaxListed = 100;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public IReadOnlyList<CleanedDirectory> Removed { get; init; } = Removed ?? [];

    public IReadOnlyList<CleanedDirectory> Kept { get; init; } = Kept ?? [];

    /// <summary>Expired or evicted.</summary>
    [JsonIgnore]
    public int RemovedCount => ExpiredCount + EvictedCount;

    [JsonIgnore]
    public bool HasChanged => RemovedCount + ResumedCount > 0;

    public CleanupReport WithRemoved(CachedDirectory directory, long freedBytes, string reason) => this with
    {
        ExpiredCount = ExpiredCount + 1,
        FreedBytes = FreedBytes + freedBytes,
        Removed = [.. Removed.Append(new CleanedDirectory(directory.Path, directory.SizeBytes, reason)).Take(MaxListed)],
    };

    public CleanupReport WithEvicted(CachedDirectory directory, string reason) =>
        WithRemoved(directory, directory.SizeBytes, reason) with { ExpiredCount = ExpiredCount, EvictedCount = EvictedCount + 1 };

    public CleanupReport WithKept(CachedDirectory directory, string reason) => this with
    {
        KeptCount = KeptCount + 1,
        Kept = [.. Kept.Append(new CleanedDirectory(directory.Path, directory.SizeBytes, reason)).Take(MaxListed)],
    };

    public string Write() => JsonSerializer.Serialize(this, Snake);

    public static CleanupReport Read(string text) => JsonSerializer.Deserialize<CleanupReport>(text, Snake)!;
}

/// <param name="Reason">Why it went, or why it stayed.</param>
public sealed record CleanedDirectory(string Path, long SizeBytes, string Reason);
