using System.Text.Json;

namespace CacheFunctions.Catalogue;

/// <summary>
/// What the index knows of a file. It goes with every operation that changes one, as the state after it, so that who
/// follows the log needs no other row.
/// </summary>
/// <param name="Stored">Whether there is a copy that this service made, whose bytes count for the quota.</param>
/// <param name="Removed">Whether the row itself is gone (purged).</param>
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
    bool Removed = false)
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
        file.Content is not null);

    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static CatalogueEntry Read(string state) => JsonSerializer.Deserialize<CatalogueEntry>(state, JsonSerializerOptions.Web)!;
}
