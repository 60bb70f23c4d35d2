using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheFunctions.Catalogue;

/// <summary>A cached file as callers see it: CachedFileInfo of the second source document.</summary>
public sealed record CachedFileAnswer(
    string Id,
    string FilePath,
    string Filename,
    string OriginalPath,
    string CachedPath,
    CacheMethod CacheMethod,
    long FileSizeBytes,
    string FileSizeReadable,
    DateTimeOffset CachedAt,
    DateTimeOffset? LastAccessed,
    long AccessCount,
    string? TriggeredByUser,
    CacheTrigger TriggeredByOperation,
    FileStatus Status,
    IReadOnlyList<string> Users,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Metadata,
    bool Pinned,
    string? Sha256)
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    public static CachedFileAnswer Of(CachedFile file) => Of(file, includeMetadata: true);

    /// <summary>As an operation told of it, which knows everything but the metadata.</summary>
    internal static CachedFileAnswer Of(CatalogueEntry entry) => new(
        entry.Id.ToString(),
        entry.FilePath,
        CachedFile.NameOf(entry.FilePath),
        entry.OriginalPath ?? entry.FilePath,
        entry.CachedPath,
        entry.Method,
        entry.SizeBytes,
        ReadableSize.Of(entry.SizeBytes),
        entry.CachedAt,
        entry.LastAccessed,
        entry.AccessCount,
        entry.TriggeredByUser,
        entry.TriggeredByOperation,
        entry.Status,
        entry.Users,
        null,
        entry.Pinned,
        entry.Sha256);

    public static CachedFileAnswer Of(CachedFile file, bool includeMetadata) => new(
        file.Id.ToString(),
        file.FilePath,
        file.Filename,
        file.OriginalPath,
        file.CachedPath,
        file.Method,
        file.SizeBytes,
        ReadableSize.Of(file.SizeBytes),
        file.CachedAt,
        file.LastAccessed,
        file.AccessCount,
        file.TriggeredByUser,
        file.TriggeredByOperation,
        file.Status,
        file.Users,
        !includeMetadata ? null : file.Metadata is null ? Empty : JsonElement.Parse(file.Metadata),
        file.Pinned,
        file.Sha256);
}
