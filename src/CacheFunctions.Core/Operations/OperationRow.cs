using CacheFunctions.Storage;

namespace CacheFunctions.Operations;

/// <summary>
/// How operations lie in rows. Numbers are stored downwards, so that the newest is the first row of the range:
/// the end of the log and a page of the newest cost one query.
/// </summary>
internal static class OperationRow
{
    private const string LogPrefix = "o|";

    public static KeyRange Log => KeyRange.Prefix(LogPrefix);

    public static string Key(long sequence) => $"{LogPrefix}{long.MaxValue - sequence:x16}";

    public static string HistoryKey(string entity, long sequence) => $"{HistoryPrefix(entity)}{long.MaxValue - sequence:x16}";

    public static string HistoryPrefix(string entity) => $"i|{entity}|";

    public static long Sequence(string key) => long.MaxValue - Convert.ToInt64(key[^16..], 16);

    /// <summary>The numbers from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static KeyRange Range(long first, long last) => new(Key(last), Key(first - 1));

    /// <param name="commit">A random name of the transaction, by which it finds itself again after a lost reply.</param>
    public static RowValues Values(Operation operation, DateTimeOffset timestamp, string commit) => new()
    {
        { "schema", 1 },
        { "commit", commit },
        { "at", timestamp },
        { "type", operation.Type },
        { "entity", operation.Entity },
        { "path", operation.FilePath },
        { "by", operation.TriggeredBy },
        { "user", operation.TriggeredByUser },
        { "reason", operation.Reason },
        { "success", operation.Success },
        { "error", operation.ErrorMessage },
        { "metadata", operation.Metadata },
        { "state", operation.State },
    };

    public static string Commit(Row row) => row.Values.RequiredText("commit");

    public static LoggedOperation Read(string table, int shard, Row row) => new(
        table,
        shard,
        Sequence(row.Key),
        row.Values.RequiredTime("at"),
        new Operation(
            row.Values.RequiredText("type"),
            row.Values.RequiredText("entity"),
            row.Values.RequiredText("path"),
            row.Values.RequiredText("by"),
            row.Values.Text("user"),
            row.Values.Text("reason") ?? "",
            row.Values.Flag("success"),
            row.Values.Text("error"),
            row.Values.Text("metadata"),
            row.Values.Text("state")));
}
