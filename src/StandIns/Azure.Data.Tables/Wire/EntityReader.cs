using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>Entities out of JSON objects. One reader a page: it keeps a buffer between rows.</summary>
internal sealed class EntityReader<T>
    where T : class, ITableEntity
{
    private readonly Dictionary<string, string?> _types = [];
    private readonly EntityBinder? _binder =
        typeof(IDictionary<string, object?>).IsAssignableFrom(typeof(T)) ? null : EntityBinder.For(typeof(T));

    public T Read(JsonElement row)
    {
        var entity = Activator.CreateInstance<T>();
        if (_binder is null)
            Fill((IDictionary<string, object?>)entity, row);
        else
            _binder.Fill(entity, row);
        return entity;
    }

    private void Fill(IDictionary<string, object?> entity, JsonElement row)
    {
        _types.Clear();
        foreach (var property in row.EnumerateObject())
        {
            if (property.Name.EndsWith(PropertyNames.TypeSuffix, StringComparison.Ordinal))
                _types[property.Name[..^PropertyNames.TypeSuffix.Length]] = property.Value.GetString();
        }

        foreach (var property in row.EnumerateObject())
        {
            var name = property.Name;
            if (name == PropertyNames.Metadata || name.EndsWith(PropertyNames.TypeSuffix, StringComparison.Ordinal))
                continue;
            // The service leaves its own Timestamp without an annotation.
            var type = name == PropertyNames.Timestamp ? EdmTypes.DateTime : _types.GetValueOrDefault(name);
            entity[name] = Value(property.Value, type);
        }
    }

    private static object? Value(JsonElement value, string? type) => (value.ValueKind, type) switch
    {
        (JsonValueKind.Null, _) => null,
        (JsonValueKind.String, null or "Edm.String") => value.GetString(),
        (JsonValueKind.True or JsonValueKind.False, null or "Edm.Boolean") => value.GetBoolean(),
        (JsonValueKind.Number, null or "Edm.Int32") => Number(value),
        (JsonValueKind.Number, EdmTypes.Double) => value.GetDouble(),
        (JsonValueKind.String, EdmTypes.Double) => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        (JsonValueKind.String, EdmTypes.Int64) => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        (JsonValueKind.String, EdmTypes.Guid) => Guid.Parse(value.GetString()!),
        (JsonValueKind.String, EdmTypes.DateTime) => value.GetDateTimeOffset(),
        (JsonValueKind.String, EdmTypes.Binary) => value.GetBytesFromBase64(),
        _ => throw new NotSupportedException($"Not supported type {type} of {value.ValueKind}."),
    };

    // A double without an annotation keeps its point ("5.0"), and so does not read as an integer.
    private static object Number(JsonElement value)
    {
        if (value.TryGetInt32(out var small))
            return small;
        return value.TryGetInt64(out var large) ? (object)large : value.GetDouble();
    }
}
