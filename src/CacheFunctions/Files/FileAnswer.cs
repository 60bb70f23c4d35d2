namespace CacheFunctions.Files;

/// <summary>A file as callers see it.</summary>
internal sealed record FileAnswer(
    string Filename,
    string Domain,
    StorageLevel Level,
    string? UserId,
    string ContentType,
    long SizeBytes,
    long StoredBytes,
    string? Sha256,
    string Etag,
    bool Compressed,
    bool Encrypted,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastModified,
    FileVisibility Visibility,
    IReadOnlyDictionary<string, string> Metadata)
{
    public static FileAnswer Of(FileInformation file) => new(
        file.Filename,
        file.Domain,
        file.Level,
        file.UserId,
        file.ContentType,
        file.SizeBytes,
        file.StoredBytes,
        file.Sha256,
        file.ETag,
        file.Compressed,
        file.Encrypted,
        file.CreatedAt,
        file.LastModified,
        file.Visibility,
        file.Metadata);
}
