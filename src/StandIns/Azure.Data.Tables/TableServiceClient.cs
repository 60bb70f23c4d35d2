using Azure.Core;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>One account's tables. Safe for concurrent use; keep one.</summary>
public class TableServiceClient
{
    private readonly TableChannel _channel = null!;

    /// <summary>For mocks only.</summary>
    protected TableServiceClient()
    {
    }

    public TableServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public TableServiceClient(string connectionString, TableClientOptions? options)
        : this(TableChannel.WithConnectionString(connectionString, options))
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential)
        : this(endpoint, credential, null)
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
        : this(TableChannel.WithKey(endpoint, credential, options))
    {
    }

    /// <param name="endpoint">Must be https: a token is not sent over plain http.</param>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions? options = null)
        : this(TableChannel.WithToken(endpoint, tokenCredential, options))
    {
    }

    private TableServiceClient(TableChannel channel) => _channel = channel;

    public virtual string AccountName => _channel.AccountName;

    public virtual Uri Uri => _channel.Endpoint;

    /// <summary>The values in the holes are quoted and escaped by their type.</summary>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter)!;

    /// <summary>Makes no request.</summary>
    public virtual TableClient GetTableClient(string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        return new(_channel, tableName);
    }

    /// <exception cref="RequestFailedException">
    /// 409 TableAlreadyExists or TableBeingDeleted, 400 for a name that the service refuses.
    /// </exception>
    public virtual async Task<Response<TableItem>> CreateTableAsync(
        string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tableName);
        return await TableNames.CreateAsync(_channel, tableName, ifNotExists: false, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <exception cref="RequestFailedException">409 TableBeingDeleted, for up to minutes after a delete.</exception>
    public virtual async Task<Response<TableItem>> CreateTableIfNotExistsAsync(
        string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tableName);
        return await TableNames.CreateAsync(_channel, tableName, ifNotExists: true, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>A table that is not there is no error: the answer's status is 404.</summary>
    public virtual async Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tableName);
        return await TableNames.DeleteAsync(_channel, tableName, cancellationToken).ConfigureAwait(false);
    }

    public virtual AsyncPageable<TableItem> QueryAsync(
        FormattableString filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        TableNames.Query(_channel, QueryFilter.Create(filter), maxPerPage, cancellationToken);

    public virtual AsyncPageable<TableItem> QueryAsync(
        string? filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        TableNames.Query(_channel, filter, maxPerPage, cancellationToken);
}
