using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Records;

/// <summary>Rows in Table Storage. A table is made when the first write finds it missing.</summary>
public sealed class TableRecordStore(StorageAccount account) : IRecordStore
{
    public async Task<Row?> GetAsync(string table, string partition, string key, CancellationToken cancellation)
    {
        try
        {
            var found = await Client(table).GetEntityIfExistsAsync<TableEntity>(partition, key, null, cancellation);
            return found.HasValue ? TableRow.Read(found.Value!) : null;
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async IAsyncEnumerable<Row> QueryAsync(
        string table, string partition, KeyRange range, int? take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var from = range.FromExcluded ? "gt" : "ge";
        var filter = $"PartitionKey eq '{Quote(partition)}' and RowKey {from} '{Quote(range.From)}' and RowKey lt '{Quote(range.Before)}'";
        var pages = Client(table).QueryAsync<TableEntity>(filter, take, null, cancellation).AsPages().GetAsyncEnumerator(cancellation);
        await using (pages)
        {
            var left = take ?? int.MaxValue;
            while (left > 0 && await NextAsync(pages, cancellation))
            {
                foreach (var entity in pages.Current.Values.Take(left)) yield return TableRow.Read(entity);
                left -= pages.Current.Values.Count;
            }
        }
    }

    public async Task CommitAsync(
        string table, string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellation)
    {
        var actions = changes.Select(change => TableRow.Action(partition, change)).ToList();
        try
        {
            await SubmitAsync(table, actions, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412)
        {
            throw new RowConflictException((error as TableTransactionFailedException)?.FailedTransactionActionIndex);
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private async Task SubmitAsync(string table, List<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await Client(table).SubmitTransactionAsync(actions, cancellation);
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            await Client(table).CreateIfNotExistsAsync(cancellation);
            await Client(table).SubmitTransactionAsync(actions, cancellation);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<Page<TableEntity>> pages, CancellationToken cancellation)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            return false;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private static bool IsFailure(Exception error, CancellationToken cancellation) =>
        StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested;

    private static string Quote(string key) => key.Replace("'", "''", true, CultureInfo.InvariantCulture);

    private TableClient Client(string table) => account.Tables.GetTableClient(table);
}
