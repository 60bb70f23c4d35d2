using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheFunctions.Catalogue;

/// <summary>
/// What the index and events know of a file. It goes with every operation that changes one, as the state after it, so that who
/// follows the log needs no other row. Metadata are left out: they may be long, and not for everybody who hears of the file.
/// </summary>
/// <param name="Stored">Whether there is a copy that this service made, whose bytes count for the quota.</param>
/// <param name="Removed">Whether the row itself is gone (purged).</param>
/// <param name="OriginalPath">null: the file's path.</param>
public sealed record CatalogueEntry(
    CachedFileId Id,
    string FilePath,
    string CachedPath,
    CacheMethod Method,
    long SizeBytes,
    DateTimeOffset CachedAt,
    DateTimeOffset? LastAccessed,
    long AccessCount,
    CacheTrigger TriggeredByOperation,
    string? TriggeredByUser,
    IReadOnlyList<string> Users,
    FileStatus Status,
    bool Pinned,
    bool Stored = false,
    bool Removed = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OriginalPath = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256 = null)
{
    public static CatalogueEntry Of(CachedFile file) => new(
        file.Id,
        file.FilePath,
        file.CachedPath,
        file.Method,
        file.SizeBytes,
        file.CachedAt,
        file.LastAccessed,
        file.AccessCount,
        file.TriggeredByOperation,
        file.TriggeredByUser,
        file.Users,
        file.Status,
        file.Pinned,
        file.Content is not null,
        OriginalPath: file.OriginalPath == file.FilePath ? null : file.OriginalPath,
        Sha256: file.Sha256);

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static CatalogueEntry Read(string state) => JsonSerializer.Deserialize<CatalogueEntry>(state, JsonSerializerOptions.Web)!;
}
