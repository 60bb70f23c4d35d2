using System.Text.Json;

namespace CacheFunctions.Catalogue.Upkeep;

/// <summary>What a pass over the catalogue found and did so far. It is its job's result, so that another instance goes on from there.</summary>
/// <param name="Slices">How many of its 16 parts are done.</param>
/// <param name="Checked">Files whose copy was looked for.</param>
/// <param name="Orphaned">Files newly marked, because their copy is gone.</param>
/// <param name="Restored">Files that were marked and have their copy again.</param>
/// <param name="Removed">Orphaned files that were removed, and removals that were interrupted before.</param>
/// <param name="OriginMissing">Files whose original is gone.</param>
/// <param name="OriginMissingPaths">Of those, the first ones.</param>
/// <param name="Swept">Copies that no file named.</param>
/// <param name="Purged">Files removed long ago that are forgotten now.</param>
public sealed record UpkeepReport(
    int Slices = 0,
    long Checked = 0,
    long Orphaned = 0,
    long Restored = 0,
    long Removed = 0,
    long OriginMissing = 0,
    IReadOnlyList<string>? OriginMissingPaths = null,
    long Swept = 0,
    long Purged = 0)
{
    private const int MaxPaths = 20;

    /// <summary>Whether the pass changed anything.</summary>
    public bool HasChanged => Orphaned + Restored + Removed + Swept + Purged > 0;

    public static UpkeepReport operator +(UpkeepReport a, UpkeepReport b) => new(
        a.Slices + b.Slices,
        a.Checked + b.Checked,
        a.Orphaned + b.Orphaned,
        a.Restored + b.Restored,
        a.Removed + b.Removed,
        a.OriginMissing + b.OriginMissing,
        [.. (a.OriginMissingPaths ?? []).Concat(b.OriginMissingPaths ?? []).Take(MaxPaths)],
        a.Swept + b.Swept,
        a.Purged + b.Purged);

    public string Write() => JsonSerializer.Serialize(this, Snake);

    public static UpkeepReport Read(string? text) => text is null ? new() : JsonSerializer.Deserialize<UpkeepReport>(text, Snake)!;

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
