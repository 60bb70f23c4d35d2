namespace Azure.Data.Tables.Wire;

/// <summary>
/// Where a query goes on: the service's two opaque values, which hold no space, as one text. Either may be missing.
/// </summary>
internal readonly record struct Continuation(string? NextPartitionKey, string? NextRowKey)
{
    private const string Header = "x-ms-continuation-";

    public static Continuation Parse(string? token)
    {
        if (token is null || token.Length <= 1)
            return default;
        var space = token.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? new(token, null) : new(token[..space], space + 1 < token.Length ? token[(space + 1)..] : null);
    }

    public static string? OfEntities(Response response)
    {
        var partition = Of(response, "NextPartitionKey");
        var row = Of(response, "NextRowKey");
        return partition is null && row is null ? null : $"{partition} {row}";
    }

    public static string? OfTables(Response response) => Of(response, "NextTableName");

    private static string? Of(Response response, string name) =>
        response.Headers.TryGetValue(Header + name, out var value) ? value : null;
}
