using System.Text.Json;
using CacheFunctions.Origins;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>How cached files lie in the rows of the catalogue table.</summary>
internal static class CatalogueRows
{
    public const string Table = "catalogue";
    public const string Files = "f|";

    public static string FileKey(CachedFileId id) => Files + id;

    public static string UserKey(CachedFileId id, string userId) => $"{UserPrefix(id)}{RowKey.Escape(userId)}";

    public static string UserPrefix(CachedFileId id) => $"u|{id}|";

    public static RowValues Values(CachedFile file) => new()
    {
        { "schema", 1 },
        { "file_path", file.FilePath },
        { "original_path", file.OriginalPath },
        { "cached_path", file.CachedPath },
        { "method", file.Method.ToString() },
        { "size", file.SizeBytes },
        { "cached_at", file.CachedAt },
        { "operation", file.TriggeredByOperation.ToString() },
        { "user", file.TriggeredByUser },
        { "users", Text(file.Users) },
        { "status", file.Status.ToString() },
        { "status_since", file.StatusSince },
        { "last_accessed", file.LastAccessed },
        { "access_count", file.AccessCount },
        { "pinned", file.Pinned },
        { "content", file.Content },
        { "sha256", file.Sha256 },
        { "fingerprint", file.Fingerprint is null ? null : Text(file.Fingerprint) },
        { "metadata", file.Metadata },
    };

    public static CachedFile File(Row row)
    {
        var values = row.Values;
        return new CachedFile(
            new CachedFileId(Guid.ParseExact(row.Key[Files.Length..], "D")),
            values.RequiredText("file_path"),
            values.RequiredText("original_path"),
            values.RequiredText("cached_path"),
            Enum.Parse<CacheMethod>(values.RequiredText("method")),
            values.RequiredNumber("size"),
            values.RequiredTime("cached_at"),
            Enum.Parse<CacheTrigger>(values.RequiredText("operation")),
            values.Text("user"),
            JsonSerializer.Deserialize<List<string>>(values.RequiredText("users"), JsonSerializerOptions.Web)!,
            Enum.Parse<FileStatus>(values.RequiredText("status")),
            values.RequiredTime("status_since"),
            values.Time("last_accessed"),
            values.RequiredNumber("access_count"),
            values.Flag("pinned"),
            values.Text("content"),
            values.Text("sha256"),
            values.Text("fingerprint") is { } text ? JsonSerializer.Deserialize<Fingerprint>(text, JsonSerializerOptions.Web) : null,
            values.Text("metadata"));
    }

    public static CatalogueEntry Entry(Row row) => CatalogueEntry.Of(File(row));

    public static RowValues UserValues(string userId, string reason, DateTimeOffset at) =>
        new() { { "schema", 1 }, { "user", userId }, { "reason", reason }, { "added_at", at } };

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
