using Azure;
using Azure.Data.Tables;

namespace CacheFunctions.Storage.Records;

/// <summary>How rows lie in table entities.</summary>
internal static class TableRow
{
    public static Row Read(TableEntity entity)
    {
        var values = new RowValues();
        foreach (var (name, value) in entity)
        {
            if (IsSystem(name)) continue;
            switch (value)
            {
                case string text: values.Add(name, text); break;
                case long number: values.Add(name, number); break;
                case bool flag: values.Add(name, flag); break;
                case DateTimeOffset time: values.Add(name, time); break;
            }
        }

        return new Row(entity.RowKey, values, entity.ETag.ToString());
    }

    public static TableTransactionAction Action(string partition, RowChange change)
    {
        var entity = new TableEntity(partition, change.Key);
        if (change.Values is not null)
            foreach (var (name, value) in change.Values) entity[name] = value;
        var etag = change.ETag is null ? default : new ETag(change.ETag);
        return change.Kind switch
        {
            RowChangeKind.Insert => new(TableTransactionActionType.Add, entity),
            RowChangeKind.Replace => new(TableTransactionActionType.UpdateReplace, entity, etag),
            RowChangeKind.Delete => new(TableTransactionActionType.Delete, entity, etag),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Kind, null),
        };
    }

    /// <summary>What the service adds to every entity; a row written back with it would be refused or lie.</summary>
    private static bool IsSystem(string name) => name is "PartitionKey" or "RowKey" or "Timestamp" or "odata.etag";
}
