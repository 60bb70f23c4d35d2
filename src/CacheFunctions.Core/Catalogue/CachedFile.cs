using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>One cached file: what is cached, from where, for whom, since when (CachedFileInfo of the second source document).</summary>
/// <param name="FilePath">As its first caller gave it.</param>
/// <param name="CachedPath">Where the copy lies, as callers see it.</param>
/// <param name="TriggeredByUser">The first who asked; null: nobody known.</param>
/// <param name="Users">Everybody it is cached for, the first one first.</param>
/// <param name="StatusSince">When it got its status.</param>
/// <param name="Content">The name of the copy in the cache container; null: the copy was recorded, not made.</param>
/// <param name="Fingerprint">Of the origin's version that was copied; null: it has no origin.</param>
/// <param name="Metadata">A JSON object; null: none.</param>
public sealed record CachedFile(
    CachedFileId Id,
    string FilePath,
    string OriginalPath,
    string CachedPath,
    CacheMethod Method,
    long SizeBytes,
    DateTimeOffset CachedAt,
    CacheTrigger TriggeredByOperation,
    string? TriggeredByUser,
    IReadOnlyList<string> Users,
    FileStatus Status,
    DateTimeOffset StatusSince,
    DateTimeOffset? LastAccessed = null,
    long AccessCount = 0,
    bool Pinned = false,
    string? Content = null,
    string? Sha256 = null,
    Fingerprint? Fingerprint = null,
    string? Metadata = null)
{
    /// <summary>The last part of the path.</summary>
    public string Filename => NameOf(FilePath);

    internal static string NameOf(string filePath) => filePath[(filePath.LastIndexOf('/') + 1)..];
}
