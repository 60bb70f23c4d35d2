using CacheFunctions.Content;

namespace CacheFunctions.Files.Stored;

/// <summary>A file as it was found.</summary>
/// <param name="Header">null: it was uploaded straight to storage.</param>
/// <param name="Key">Of its content; null: as the header.</param>
internal sealed record StoredFile(FileAddress Address, FileBlob Blob, FileHeader? Header, byte[]? Key)
{
    /// <summary>All that is stored of it, if storage sent that along; null: it did not.</summary>
    public UnreadContent? Unread { get; init; }

    public FileInformation Information => new(
        Address.Filename,
        Address.Space.Domain,
        Address.Space.Level,
        Address.Space.UserId,
        Header?.ContentType ?? Blob.ContentType,
        Header?.SizeBytes ?? Blob.SizeBytes,
        Blob.SizeBytes,
        Header?.Sha256,
        // A new wrapping of the key makes another version of the blob, and the same file.
        $"\"{Header?.Sha256 ?? Blob.Version}\"",
        Header?.GzipBytes is not null,
        Header?.Chunks is not null,
        Header?.CreatedAt ?? Blob.WrittenAt,
        Header?.WrittenAt ?? Blob.WrittenAt,
        Header?.Visibility ?? FileVisibility.Private,
        Header?.Metadata ?? new Dictionary<string, string>());
}
