using System.Globalization;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Urls;

/// <summary>An upload that becomes a file once it is committed.</summary>
/// <param name="Id">Two hex digits of its shard and 128 random bits.</param>
/// <param name="Committed">The SHA-256 of what it became; null: it is not committed yet.</param>
internal sealed record StagedUpload(string Id, FileAddress Address, string ContentType, DateTimeOffset ExpiresAt, string? Committed = null)
{
    private const int IdLength = 34;

    private const string Prefix = "t|";

    public static KeyRange All => KeyRange.Prefix(Prefix);

    public string Key => KeyOf(Id);

    public RowValues Values => new()
    {
        { "schema", 1 },
        { "name", Address.BlobName },
        { "content_type", ContentType },
        { "expires_at", ExpiresAt },
        { "committed", Committed },
    };

    public static string KeyOf(string id) => Prefix + id;

    public static string NewId(int shard, string random) => string.Create(CultureInfo.InvariantCulture, $"{shard:x2}{random}");

    /// <returns>null: it is no id of this service.</returns>
    public static int? ShardOf(string id, int shards) =>
        id.Length == IdLength && id.All(char.IsAsciiHexDigitLower) && int.Parse(id.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var shard && shard < shards
            ? shard
            : null;

    public static StagedUpload Read(Row row) => new(
        row.Key[Prefix.Length..],
        FileAddress.Read(row.Values.RequiredText("name")) ?? throw new InvalidDataException("The row names no file."),
        row.Values.RequiredText("content_type"),
        row.Values.RequiredTime("expires_at"),
        row.Values.Text("committed"));
}
