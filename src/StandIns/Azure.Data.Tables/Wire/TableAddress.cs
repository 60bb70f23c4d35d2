namespace Azure.Data.Tables.Wire;

/// <summary>Paths below the account's endpoint. Quotes in a key are doubled first, then all of it is percent-encoded.</summary>
internal static class TableAddress
{
    public const string Tables = "/Tables";
    public const string Batch = "/$batch";

    public static string Table(string table) => $"{Tables}('{Key(table)}')";

    public static string Entity(string table, string partitionKey, string rowKey) =>
        $"/{table}(PartitionKey='{Key(partitionKey)}',RowKey='{Key(rowKey)}')";

    /// <param name="parameters">Names as they stand in the address; a null value leaves the parameter out.</param>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = "";
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }

    private static string Key(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
}
