using System.Text.Json;

namespace CacheFunctions.Catalogue;

/// <summary>A cached file as callers see it: CachedFileInfo of the second source document.</summary>
internal sealed record CachedFileAnswer(
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
    JsonElement Metadata,
    bool Pinned,
    string? Sha256)
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    public static CachedFileAnswer Of(CachedFile file) => new(
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
        file.Metadata is null ? Empty : JsonDocument.Parse(file.Metadata).RootElement,
        file.Pinned,
        file.Sha256);
}
