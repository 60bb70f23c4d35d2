using Azure.Core;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>
/// One table. Safe for concurrent use. Unless a member says otherwise, whatever the service refuses is a
/// <see cref="RequestFailedException"/> with its status and error code, after the retries that the options allow.
/// </summary>
public partial class TableClient
{
    private readonly TableChannel _channel = null!;
    private readonly string _name = "";

    /// <summary>For mocks only.</summary>
    protected TableClient()
    {
    }

    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    public TableClient(string connectionString, string tableName, TableClientOptions? options)
        : this(TableChannel.WithConnectionString(connectionString, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    public TableClient(
        Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions? options = null)
        : this(TableChannel.WithKey(endpoint, credential, options), tableName)
    {
    }

    /// <param name="endpoint">Must be https: a token is not sent over plain http.</param>
    public TableClient(
        Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions? options = null)
        : this(TableChannel.WithToken(endpoint, tokenCredential, options), tableName)
    {
    }

    internal TableClient(TableChannel channel, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        _channel = channel;
        _name = tableName;
    }

    public virtual string AccountName => _channel.AccountName;

    public virtual string Name => _name;

    public virtual Uri Uri => new($"{_channel.Root}/{_name}");

    /// <summary>The values in the holes are quoted and escaped by their type.</summary>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter)!;

    /// <exception cref="RequestFailedException">409 TableAlreadyExists or TableBeingDeleted.</exception>
    public virtual Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        TableNames.CreateAsync(_channel, _name, ifNotExists: false, cancellationToken);

    /// <exception cref="RequestFailedException">409 TableBeingDeleted, for up to minutes after a delete.</exception>
    public virtual Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        TableNames.CreateAsync(_channel, _name, ifNotExists: true, cancellationToken);

    /// <summary>A table that is not there is no error: the answer's status is 404.</summary>
    public virtual Task<Response> DeleteAsync(CancellationToken cancellationToken = default) =>
        TableNames.DeleteAsync(_channel, _name, cancellationToken);
}
