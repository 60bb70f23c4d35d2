using CacheFunctions.Files.Urls;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Uploads;

/// <summary>An upload that may break off and go on, and becomes a file once all of it is there.</summary>
/// <param name="Id">Two hex digits of its shard and 128 random bits.</param>
/// <param name="Length">How many bytes it will have.</param>
/// <param name="Metadata">As the caller wrote it, to be told again.</param>
/// <param name="IsFinished">It has become the file.</param>
public sealed record ResumableUpload(
    string Id,
    FileAddress Address,
    long Length,
    string ContentType,
    bool Compress,
    bool Encrypt,
    string Metadata,
    DateTimeOffset ExpiresAt,
    bool IsFinished = false)
{
    private const string Prefix = "r|";

    internal static KeyRange All => KeyRange.Prefix(Prefix);

    internal string Key => KeyOf(Id);

    internal RowValues Values => new()
    {
        { "schema", 1 },
        { "name", Address.BlobName },
        { "length", Length },
        { "content_type", ContentType },
        { "compress", Compress },
        { "encrypt", Encrypt },
        { "metadata", Metadata },
        { "expires_at", ExpiresAt },
        { "finished", IsFinished },
    };

    internal static string KeyOf(string id) => Prefix + id;

    internal static int? ShardOf(string id, int shards) => StagedUpload.ShardOf(id, shards);

    internal static ResumableUpload Read(Row row) => new(
        row.Key[Prefix.Length..],
        FileAddress.Read(row.Values.RequiredText("name")) ?? throw new InvalidDataException("The row names no file."),
        row.Values.RequiredNumber("length"),
        row.Values.RequiredText("content_type"),
        row.Values.Flag("compress"),
        row.Values.Flag("encrypt"),
        row.Values.Text("metadata") ?? "",
        row.Values.RequiredTime("expires_at"),
        row.Values.Flag("finished"));
}
