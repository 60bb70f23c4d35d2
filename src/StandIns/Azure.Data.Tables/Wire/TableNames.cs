using System.Globalization;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables.Wire;

/// <summary>Making, dropping and listing tables: shared by both clients.</summary>
internal static class TableNames
{
    public static async Task<Response<TableItem>> CreateAsync(
        TableChannel channel, string name, bool ifNotExists, CancellationToken cancellationToken)
    {
        using var message = channel.CreateMessage(RequestMethod.Post, TableAddress.Tables, json =>
        {
            json.WriteStartObject();
            json.WriteString("TableName", name);
            json.WriteEndObject();
        });
        var response = await channel.SendAsync(message, cancellationToken, ifNotExists ? 409 : 0).ConfigureAwait(false);
        // 409 also stands for TableBeingDeleted, when there is no table to use.
        if (response.Status == 409 && new RequestFailedException(response) is { ErrorCode: not "TableAlreadyExists" } failure)
            throw failure;
        return Response.FromValue(new TableItem(name), response);
    }

    /// <summary>A table that is not there is no error: the answer's status is 404.</summary>
    public static async Task<Response> DeleteAsync(TableChannel channel, string name, CancellationToken cancellationToken)
    {
        using var message = channel.CreateMessage(RequestMethod.Delete, TableAddress.Table(name));
        return await channel.SendAsync(message, cancellationToken, 404).ConfigureAwait(false);
    }

    public static AsyncPageable<TableItem> Query(
        TableChannel channel, string? filter, int? maxPerPage, CancellationToken cancellationToken) =>
        new TablePages<TableItem>(
            (token, size, ct) => PageFetcher.FetchAsync(
                channel,
                TableAddress.Tables + TableAddress.Query(
                    ("$filter", filter), ("$top", size?.ToString(CultureInfo.InvariantCulture)), ("NextTableName", token)),
                row => new TableItem(row.GetProperty("TableName").GetString()!),
                Continuation.OfTables,
                ct),
            maxPerPage,
            cancellationToken);
}
