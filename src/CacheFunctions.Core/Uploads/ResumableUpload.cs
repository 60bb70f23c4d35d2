using CacheFunctions.Files.Urls;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Uploads;

/// <summary>An upload that may break off and go on, and becomes a file or a session's version once all of it is there.</summary>
/// <param name="Id">Two hex digits of its shard and 128 random bits.</param>
/// <param name="Length">How many bytes it will have.</param>
/// <param name="Metadata">As the caller wrote it, to be told again.</param>
/// <param name="StartedBy">The user who began it; null: a machine.</param>
/// <param name="ETag">Of what it has become; null: it has not yet.</param>
public sealed record ResumableUpload(
    string Id,
    UploadTarget Target,
    long Length,
    string Metadata,
    DateTimeOffset ExpiresAt,
    string? StartedBy,
    string? ETag = null)
{
    private const string Prefix = "r|";

    /// <summary>Nothing is to be done any more.</summary>
    public bool IsFinished => ETag is not null;

    internal static KeyRange All => KeyRange.Prefix(Prefix);

    internal string Key => KeyOf(Id);

    /// <summary>On whose behalf it is finished, by whichever request or timer. What he may do was looked at when he began.</summary>
    internal Caller Starter => new(StartedBy, IsAdmin: true);

    internal RowValues Values
    {
        get
        {
            var values = new RowValues
            {
                { "schema", 1 },
                { "length", Length },
                { "metadata", Metadata },
                { "expires_at", ExpiresAt },
                { "started_by", StartedBy },
                { "etag", ETag },
            };
            Target.AddTo(values);
            return values;
        }
    }

    internal static string KeyOf(string id) => Prefix + id;

    internal static int? ShardOf(string id, int shards) => StagedUpload.ShardOf(id, shards);

    internal static ResumableUpload Read(Row row) => new(
        row.Key[Prefix.Length..],
        UploadTarget.Read(row),
        row.Values.RequiredNumber("length"),
        row.Values.Text("metadata") ?? "",
        row.Values.RequiredTime("expires_at"),
        row.Values.Text("started_by"),
        row.Values.Text("etag"));
}
