using Azure.Core;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>Every answer to a write carries the row's new ETag in its headers.</summary>
public partial class TableClient
{
    /// <exception cref="RequestFailedException">409 EntityAlreadyExists, 404 TableNotFound.</exception>
    public virtual async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        CheckKeys(entity);
        return await WriteAsync(RequestMethod.Post, $"/{_name}", entity, default, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="ifMatch">The ETag that the row must have, or <see cref="ETag.All"/> for any.</param>
    /// <exception cref="ArgumentException"><paramref name="ifMatch"/> is default.</exception>
    /// <exception cref="RequestFailedException">412 UpdateConditionNotSatisfied, 404 ResourceNotFound.</exception>
    public virtual async Task<Response> UpdateEntityAsync<T>(
        T entity,
        ETag ifMatch,
        TableUpdateMode mode = TableUpdateMode.Merge,
        CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        CheckKeys(entity);
        if (ifMatch == default)
            throw new ArgumentException("Value cannot be empty.", nameof(ifMatch));
        return await WriteAsync(MethodOf(mode), AddressOf(entity), entity, ifMatch, cancellationToken).ConfigureAwait(false);
    }

    public virtual async Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        CheckKeys(entity);
        return await WriteAsync(MethodOf(mode), AddressOf(entity), entity, default, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="DeleteEntityAsync(string, string, ETag, CancellationToken)"/>
    public virtual async Task<Response> DeleteEntityAsync(
        ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return await DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>A row that is not there is no error: the answer's status is 404.</summary>
    /// <param name="ifMatch">The ETag that the row must have; default deletes whatever is there.</param>
    /// <exception cref="RequestFailedException">412 UpdateConditionNotSatisfied.</exception>
    public virtual async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        using var message = _channel.CreateMessage(
            RequestMethod.Delete, TableAddress.Entity(_name, partitionKey, rowKey));
        message.Request.Headers.SetValue("If-Match", (ifMatch == default ? ETag.All : ifMatch).ToString());
        return await _channel.SendAsync(message, cancellationToken, 404).ConfigureAwait(false);
    }

    private async Task<Response> WriteAsync(
        RequestMethod method, string address, ITableEntity entity, ETag ifMatch, CancellationToken cancellationToken)
    {
        using var message = _channel.CreateMessage(method, address, json => EntityWriter.Write(json, entity));
        if (ifMatch != default)
            message.Request.Headers.SetValue("If-Match", ifMatch.ToString());
        return await _channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private string AddressOf(ITableEntity entity) => TableAddress.Entity(_name, entity.PartitionKey, entity.RowKey);

    private static RequestMethod MethodOf(TableUpdateMode mode) => mode switch
    {
        TableUpdateMode.Merge => RequestMethod.Patch,
        TableUpdateMode.Replace => RequestMethod.Put,
        _ => throw new ArgumentException($"Unexpected value for {nameof(mode)}: {mode}"),
    };

    private static void CheckKeys(ITableEntity? entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey);
        ArgumentNullException.ThrowIfNull(entity.RowKey);
    }
}
