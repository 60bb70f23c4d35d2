using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheFunctions.Directories.Bringing;

/// <summary>What is to be brought: a folder of an origin, or a file.</summary>
/// <param name="From">As callers name it, as /mnt/nas/albums.</param>
/// <param name="Path">The directory it becomes, or the file.</param>
public sealed record WarmItem(string From, string Path);

public enum WarmState
{
    Pending,
    Running,
    Done,
    Failed,
}

/// <summary>How far an item is.</summary>
/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record WarmedItem(string From, string Path, WarmState State = WarmState.Pending, long Files = 0, long Bytes = 0, string? Error = null)
{
    // Where a later run goes on.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Growth { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? After { get; init; }
}

/// <summary>How far a warming is.</summary>
public sealed record WarmReport(long Done, long Failed, long Files, long Bytes, IReadOnlyList<WarmedItem> Items)
{
    private static readonly JsonSerializerOptions Snake = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static WarmReport Of(IReadOnlyList<WarmedItem> items) => new(
        items.Count(item => item.State == WarmState.Done),
        items.Count(item => item.State == WarmState.Failed),
        items.Sum(item => item.Files),
        items.Sum(item => item.Bytes),
        items);

    public string Write() => JsonSerializer.Serialize(this, Snake);

    public static WarmReport Read(string text) => JsonSerializer.Deserialize<WarmReport>(text, Snake)!;
}
