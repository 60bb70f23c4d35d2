namespace CacheFunctions.Files;

/// <summary>What is known of a file.</summary>
/// <param name="UserId">Of the level User; else null.</param>
/// <param name="SizeBytes">As it was uploaded.</param>
/// <param name="StoredBytes">As it lies in storage, compressed and encrypted or not.</param>
/// <param name="Sha256">As it was uploaded, lower-case hex; null: it was uploaded straight to storage, and nobody took it.</param>
/// <param name="ETag">Strong, quotes included.</param>
/// <param name="CreatedAt">When a file of this name was first stored since the last deletion.</param>
public sealed record FileInformation(
    string Filename,
    string Domain,
    StorageLevel Level,
    string? UserId,
    string ContentType,
    long SizeBytes,
    long StoredBytes,
    string? Sha256,
    string ETag,
    bool Compressed,
    bool Encrypted,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastModified,
    FileVisibility Visibility,
    IReadOnlyDictionary<string, string> Metadata);
