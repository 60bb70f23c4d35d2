using System.Text.Json;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>How sessions and locks lie in the rows of the edits table.</summary>
internal static class SessionRows
{
    public const string Table = "edits";

    public const string Sessions = "s|";

    /// <summary>Dirty sessions: what the timer must write back.</summary>
    public const string Dirty = "d|";

    /// <summary>Ended sessions whose versions are still to be removed.</summary>
    public const string Ended = "e|";

    public static string SessionKey(string id) => Sessions + id;

    public static string DirtyKey(string id) => Dirty + id;

    public static string EndedKey(string id) => Ended + id;

    public static string LockKey(string pathId) => "l|" + pathId;

    public static string VersionPrefix(string id) => $"v|{id}|";

    public static string VersionKey(string id, long version) => $"{VersionPrefix(id)}{version:d10}";

    /// <summary>An upload that has been committed: as which version.</summary>
    public static string UploadKey(string id, string uploadId) => UploadPrefix(id) + uploadId;

    public static string UploadPrefix(string id) => $"u|{id}|";

    public static RowValues UploadValues(long version) => new() { { "schema", 1 }, { "version", version } };

    public static RowValues Values(Session session) => new()
    {
        { "schema", 1 },
        { "user", session.UserId },
        { "file_path", session.FilePath },
        { "origin", session.Origin },
        { "path", session.Path },
        { "nas_file_path", session.NasFilePath },
        { "version", session.Version },
        { "content", session.Content.Name },
        { "size", session.Content.SizeBytes },
        { "sha256", session.Content.Sha256 },
        { "spans", Text(session.Content.Spans) },
        { "base", Text(session.Base) },
        { "created_at", session.CreatedAt },
        { "saved_at", session.SavedAt },
        { "last_accessed", session.LastAccessed },
        { "last_synced_at", session.LastSyncedAt },
        { "dirty_since", session.DirtySince },
        { "conflict", Text(session.Conflict) },
        { "conflict_copy", Text(session.ConflictCopy) },
        { "syncing_until", session.SyncingUntil },
        { "lock", Text(session.Lock) },
        { "synced_version", session.SyncedVersion },
        { "job", session.JobId },
    };

    public static Session Session(Row row)
    {
        var values = row.Values;
        return new Session(
            row.Key[Sessions.Length..],
            values.RequiredText("user"),
            values.RequiredText("file_path"),
            values.RequiredText("origin"),
            values.RequiredText("path"),
            values.RequiredText("nas_file_path"),
            values.RequiredNumber("version"),
            Content(row),
            Value<Origins.Fingerprint>(values, "base"),
            values.RequiredTime("created_at"),
            values.RequiredTime("saved_at"),
            values.RequiredTime("last_accessed"),
            values.Time("last_synced_at"),
            values.Time("dirty_since"),
            Value<Origins.OriginState>(values, "conflict"),
            Value<ConflictCopy>(values, "conflict_copy"),
            values.Time("syncing_until"),
            Value<Grant>(values, "lock"),
            values.Number("synced_version") ?? 0,
            values.Text("job"));
    }

    public static RowValues Values(SavedContent content, string userId, DateTimeOffset createdAt) => new()
    {
        { "schema", 1 },
        { "content", content.Name },
        { "size", content.SizeBytes },
        { "sha256", content.Sha256 },
        { "spans", Text(content.Spans) },
        { "user", userId },
        { "created_at", createdAt },
    };

    public static SavedContent Content(Row row) => new(
        row.Values.RequiredText("content"),
        row.Values.RequiredNumber("size"),
        row.Values.RequiredText("sha256"),
        Value<IReadOnlyList<ContentSpan>>(row.Values, "spans"));

    public static RowValues Values(PathLock pathLock) => new()
    {
        { "schema", 1 },
        { "origin", pathLock.Origin },
        { "path", pathLock.Path },
        { "fence", pathLock.Fence },
        { "holder", Text(pathLock.Holder) },
        { "intent", Text(pathLock.Intent) },
    };

    public static PathLock Lock(Row row) => new(
        row.Values.RequiredText("origin"),
        row.Values.RequiredText("path"),
        row.Values.RequiredNumber("fence"),
        Value<LockHolder>(row.Values, "holder"),
        Value<WriteIntent>(row.Values, "intent"));

    /// <summary>The range of both kinds of marker, which lie side by side so that the timer needs one query a shard.</summary>
    public static KeyRange Markers => new(Dirty, KeyRange.Prefix(Ended).Before);

    public static RowValues Marker(DateTimeOffset at, string nasPath) => new() { { "schema", 1 }, { "at", at }, { "path", nasPath } };

    public static DateTimeOffset MarkedAt(Row row) => row.Values.RequiredTime("at");

    private static string? Text<T>(T? value) where T : class =>
        value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    private static T? Value<T>(RowValues values, string name) where T : class =>
        values.Text(name) is { } text ? JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web) : null;
}
