namespace Azure.Data.Tables;

/// <summary>What every row has. Timestamp and ETag are the service's and are never sent.</summary>
public interface ITableEntity
{
    string PartitionKey { get; set; }

    string RowKey { get; set; }

    DateTimeOffset? Timestamp { get; set; }

    ETag ETag { get; set; }
}
