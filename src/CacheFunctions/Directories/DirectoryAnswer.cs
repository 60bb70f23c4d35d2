using CacheFunctions.Catalogue;

namespace CacheFunctions.Directories;

/// <summary>A registered directory as callers see it.</summary>
internal sealed record DirectoryAnswer(
    string Path,
    long SizeBytes,
    string SizeReadable,
    long FileCount,
    DateTimeOffset RegisteredAt,
    DateTimeOffset LastAccessed,
    DateTimeOffset ExpiresAt,
    bool Expired,
    long AccessCount,
    bool Pinned,
    bool Locked,
    bool Compressed)
{
    public static DirectoryAnswer Of(CachedDirectory directory, TimeSpan ttl, DateTimeOffset now) => new(
        directory.Path,
        directory.SizeBytes,
        ReadableSize.Of(directory.SizeBytes),
        directory.FileCount,
        directory.RegisteredAt,
        directory.LastAccessed,
        directory.ExpiresAt(ttl),
        directory.ExpiresAt(ttl) <= now,
        directory.AccessCount,
        directory.Pinned,
        directory.IsLocked(now) || directory.RemovedWith is not null,
        directory.Compressed);
}
