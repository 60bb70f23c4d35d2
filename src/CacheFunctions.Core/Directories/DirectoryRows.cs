using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>How directories lie in the rows of their table.</summary>
internal static class DirectoryRows
{
    public const string Prefix = "d|";

    public static string Key(string path) => Prefix + RowKey.Escape(path);

    public static RowValues Values(CachedDirectory directory) => new()
    {
        { "schema", 1 },
        { "path", directory.Path },
        { "size", directory.SizeBytes },
        { "files", directory.FileCount },
        { "registered_at", directory.RegisteredAt },
        { "last_accessed", directory.LastAccessed },
        { "access_count", directory.AccessCount },
        { "pinned", directory.Pinned },
        { "lock_owner", directory.LockOwner },
        { "locked_until", directory.LockedUntil },
        { "removed_with", directory.RemovedWith },
        { "removal_reason", directory.RemovalReason },
        { "touches_up_to", directory.TouchesUpTo },
        { "removal_type", directory.RemovalType },
        { "removal_metadata", directory.RemovalMetadata },
        { "compressed", directory.Compressed },
        { "open_by", directory.OpenBy },
    };

    public static CachedDirectory Read(Row row)
    {
        var values = row.Values;
        return new CachedDirectory(
            values.RequiredText("path"),
            values.RequiredNumber("size"),
            values.RequiredNumber("files"),
            values.RequiredTime("registered_at"),
            values.RequiredTime("last_accessed"),
            values.RequiredNumber("access_count"),
            values.Flag("pinned"),
            values.Text("lock_owner"),
            values.Time("locked_until"),
            values.Text("removed_with"),
            values.Text("removal_reason"),
            values.Number("touches_up_to") ?? 0,
            values.Text("removal_type"),
            values.Text("removal_metadata"),
            values.Flag("compressed"),
            values.Text("open_by"));
    }
}
