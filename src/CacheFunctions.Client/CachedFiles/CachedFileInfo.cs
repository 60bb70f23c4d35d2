using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>A cached file: CachedFileInfo of the source document.</summary>
/// <param name="CachedPath">Where the copy lies.</param>
/// <param name="TriggeredByUser">The first who wanted it; null: nobody was named.</param>
/// <param name="Users">All whom it is cached for.</param>
/// <param name="Metadata">What was said of it; null: it is not told here.</param>
/// <param name="Sha256">Of the copy; null: unknown.</param>
public sealed record CachedFileInfo(
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
    CachedFileStatus Status,
    IReadOnlyList<string> Users,
    JsonElement? Metadata,
    bool Pinned,
    string? Sha256);

public sealed record RemovedCachedFile(string FileId, string FilePath, string Reason);
