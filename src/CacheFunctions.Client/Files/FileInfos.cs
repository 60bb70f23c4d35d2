namespace CacheFunctions.Client;

/// <summary>A file of the file manager.</summary>
/// <param name="StoredBytes">What it takes in storage, compressed or encrypted.</param>
/// <param name="Sha256">Of the content; null: it was uploaded straight to storage.</param>
public sealed record StoredFileInfo(
    string Filename,
    string Domain,
    FileLevel Level,
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
    IReadOnlyDictionary<string, string> Metadata);

public sealed record DeletedFile(string Filename, string Domain, FileLevel Level, string? UserId);
