using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>
/// A row with properties by name: string, int, long, double, bool, DateTime (UTC), DateTimeOffset, Guid, byte[] or
/// BinaryData. A getter gives null for a property that is absent or null.
/// </summary>
public sealed partial class TableEntity : ITableEntity
{
    private readonly Dictionary<string, object?> _properties;

    public TableEntity()
        : this(null)
    {
    }

    public TableEntity(string partitionKey, string rowKey)
        : this(null)
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    /// <param name="values">Copied; may hold PartitionKey and RowKey too.</param>
    public TableEntity(IDictionary<string, object?>? values) => _properties = values is null ? [] : new(values);

    public string PartitionKey
    {
        get => GetString(PropertyNames.PartitionKey)!;
        set => _properties[PropertyNames.PartitionKey] = value;
    }

    public string RowKey
    {
        get => GetString(PropertyNames.RowKey)!;
        set => _properties[PropertyNames.RowKey] = value;
    }

    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(PropertyNames.Timestamp);
        set => _properties[PropertyNames.Timestamp] = value;
    }

    public ETag ETag
    {
        get => new(GetString(PropertyNames.ETag)!);
        set => _properties[PropertyNames.ETag] = value.ToString();
    }

    /// <exception cref="InvalidOperationException">The property has another type; so with every getter here.</exception>
    public string? GetString(string key) => Get<string>(key);

    public byte[]? GetBinary(string key) => Get<byte[]>(key);

    public BinaryData? GetBinaryData(string key) => Get<BinaryData>(key);

    public bool? GetBoolean(string key) => Get<bool?>(key);

    /// <summary>In UTC where the property came from the service.</summary>
    public DateTime? GetDateTime(string key) => Get<DateTime?>(key);

    public DateTimeOffset? GetDateTimeOffset(string key) => Get<DateTimeOffset?>(key);

    public double? GetDouble(string key) => Get<double?>(key);

    public Guid? GetGuid(string key) => Get<Guid?>(key);

    public int? GetInt32(string key) => Get<int?>(key);

    public long? GetInt64(string key) => Get<long?>(key);

    [return: MaybeNull]
    private T Get<T>(string key)
    {
        object? value = Find(key) switch
        {
            DateTimeOffset instant when typeof(T) == typeof(DateTime?) => instant.UtcDateTime,
            DateTime time when typeof(T) == typeof(DateTimeOffset?) => new DateTimeOffset(time),
            byte[] bytes when typeof(T) == typeof(BinaryData) => new BinaryData(bytes),
            var found => found,
        };
        return value switch
        {
            null => default,
            T typed => typed,
            _ => throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"Cannot return {typeof(T)} type for a {value.GetType()} typed property.")),
        };
    }

    private object? Find(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return _properties.GetValueOrDefault(key);
    }

    // An entity that was read and is written back with a plain int keeps the stored type of a long or a double.
    private void Set(string key, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        _properties[key] = (_properties.GetValueOrDefault(key), value) switch
        {
            (double, int number) => (double)number,
            (long, int number) => (long)number,
            (string, DateTime or DateTimeOffset) => value.ToString(),
            _ => value,
        };
    }
}
