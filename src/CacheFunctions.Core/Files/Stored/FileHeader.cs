using System.Text.Json;
using System.Text.Json.Serialization;

namespace CacheFunctions.Files.Stored;

/// <summary>What is known of a file, sealed together with its content's key, so that none of it can be changed or taken elsewhere.</summary>
/// <param name="Name">Of the blob: the file's identity.</param>
/// <param name="Write">The id of the operation that wrote it.</param>
/// <param name="SizeBytes">As it was uploaded.</param>
/// <param name="Sha256">As it was uploaded, lower-case hex.</param>
/// <param name="StoredBytes">The blob's length.</param>
/// <param name="Chunks">How many encrypted chunks there are; null: it is not encrypted.</param>
/// <param name="GzipBytes">Of the gzip stream; null: it is not compressed.</param>
internal sealed record FileHeader(
    int Format,
    string Name,
    string Write,
    string ContentType,
    long SizeBytes,
    string Sha256,
    long StoredBytes,
    long? Chunks,
    long? GzipBytes,
    DateTimeOffset CreatedAt,
    DateTimeOffset WrittenAt,
    FileVisibility Visibility,
    IReadOnlyDictionary<string, string> Metadata)
{
    public const int CurrentFormat = 1;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, FileHeaderJson.Default.FileHeader);

    /// <exception cref="JsonException">It is not what <see cref="ToBytes"/> gave.</exception>
    public static FileHeader Read(byte[] bytes) => JsonSerializer.Deserialize(bytes, FileHeaderJson.Default.FileHeader) ?? throw new JsonException();
}

/// <summary>How it is read, written when this is compiled: reflection would delay the first answer of each instance.</summary>
[JsonSerializable(typeof(FileHeader))]
internal sealed partial class FileHeaderJson : JsonSerializerContext;
