using System.Globalization;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

public partial class TableClient
{
    /// <param name="select">Names of the properties wanted; null for all.</param>
    /// <exception cref="RequestFailedException">404 ResourceNotFound.</exception>
    public virtual async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey,
        string rowKey,
        IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var found = await GetAsync<T>(partitionKey, rowKey, select, 0, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(found.Value!, found.GetRawResponse());
    }

    /// <summary>An absent entity is no error: the answer has no value. So with an absent table.</summary>
    /// <param name="select">Names of the properties wanted; null for all.</param>
    public virtual Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey,
        string rowKey,
        IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        GetAsync<T>(partitionKey, rowKey, select, 404, cancellationToken);

    /// <param name="filter">An OData filter; see <see cref="CreateQueryFilter(FormattableString)"/>.</param>
    /// <param name="maxPerPage">1 to 1,000; null is 1,000. Does not limit the whole.</param>
    /// <param name="select">Names of the properties wanted; null for all.</param>
    public virtual AsyncPageable<T> QueryAsync<T>(
        string? filter = null,
        int? maxPerPage = null,
        IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var names = Join(select);
        return new TablePages<T>(
            (token, size, ct) =>
            {
                var (partition, row) = Continuation.Parse(token);
                var query = TableAddress.Query(
                    ("$filter", filter),
                    ("$top", size?.ToString(CultureInfo.InvariantCulture)),
                    ("$select", names),
                    ("NextPartitionKey", partition),
                    ("NextRowKey", row));
                return PageFetcher.FetchAsync(
                    _channel, $"/{_name}(){query}", new EntityReader<T>().Read, Continuation.OfEntities, ct);
            },
            maxPerPage,
            cancellationToken);
    }

    private async Task<NullableResponse<T>> GetAsync<T>(
        string partitionKey,
        string rowKey,
        IEnumerable<string>? select,
        int alsoFine,
        CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        using var message = _channel.CreateMessage(
            RequestMethod.Get,
            TableAddress.Entity(_name, partitionKey, rowKey) + TableAddress.Query(("$select", Join(select))));
        var response = await _channel.SendAsync(message, cancellationToken, alsoFine).ConfigureAwait(false);
        if (response.Status == 404)
            return new NoEntity<T>(response);

        // The pipeline holds a single entity's answer in memory already, at most about 1 MiB.
        using var document = JsonDocument.Parse(response.Content.ToMemory());
        return Response.FromValue(new EntityReader<T>().Read(document.RootElement), response);
    }

    private static string? Join(IEnumerable<string>? select) => select is null ? null : string.Join(',', select);
}
