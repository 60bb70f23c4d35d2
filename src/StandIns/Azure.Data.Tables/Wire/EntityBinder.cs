using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Xml;

namespace Azure.Data.Tables.Wire;

/// <summary>
/// Properties of a class that implements <see cref="ITableEntity"/>, by reflection. Here the member's type decides how a
/// value is read, not the annotation. Heeds DataMember(Name) and IgnoreDataMember.
/// </summary>
internal sealed class EntityBinder
{
    private static readonly ConcurrentDictionary<Type, EntityBinder> Binders = new();

    private static readonly Dictionary<Type, Func<JsonElement, object?>> Readers = new()
    {
        [typeof(string)] = value => value.ValueKind == JsonValueKind.String ? value.GetString() : null,
        [typeof(bool)] = value => value.GetBoolean(),
        [typeof(int)] = value => value.GetInt32(),
        [typeof(long)] = value => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        [typeof(ulong)] = value => ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        [typeof(double)] = value => value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        [typeof(DateTimeOffset)] = value => value.GetDateTimeOffset(),
        [typeof(DateTime)] = value => value.GetDateTime(),
        [typeof(TimeSpan)] = value => XmlConvert.ToTimeSpan(value.GetString()!),
        [typeof(Guid)] = value => Guid.Parse(value.GetString()!),
        [typeof(byte[])] = value => value.GetBytesFromBase64(),
        [typeof(BinaryData)] = value => BinaryData.FromBytes(value.GetBytesFromBase64()),
    };

    private readonly Dictionary<string, PropertyInfo> _members;

    // The four members of the interface are reached through it, for a class may implement them explicitly.
    private EntityBinder(Type type) => _members = type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(member => member.CanRead && member.GetIndexParameters().Length == 0)
        .Where(member => member.GetCustomAttribute<IgnoreDataMemberAttribute>() is null)
        .Where(member => typeof(ITableEntity).GetProperty(member.Name) is null)
        .ToDictionary(member => member.GetCustomAttribute<DataMemberAttribute>()?.Name ?? member.Name);

    public static EntityBinder For(Type type) => Binders.GetOrAdd(type, type => new(type));

    public void Write(Utf8JsonWriter json, ITableEntity entity)
    {
        PropertyWriter.Write(json, PropertyNames.PartitionKey, entity.PartitionKey);
        PropertyWriter.Write(json, PropertyNames.RowKey, entity.RowKey);
        foreach (var (name, member) in _members)
        {
            var value = member.GetValue(entity);
            PropertyWriter.Write(json, name, value is Enum ? value.ToString() : value);
        }
    }

    public void Fill(ITableEntity entity, JsonElement row)
    {
        foreach (var property in row.EnumerateObject())
        {
            switch (property.Name)
            {
                case PropertyNames.PartitionKey:
                    entity.PartitionKey = property.Value.GetString()!;
                    break;
                case PropertyNames.RowKey:
                    entity.RowKey = property.Value.GetString()!;
                    break;
                case PropertyNames.Timestamp:
                    entity.Timestamp = property.Value.ValueKind == JsonValueKind.Null
                        ? null
                        : property.Value.GetDateTimeOffset();
                    break;
                case PropertyNames.ETag:
                    entity.ETag = new ETag(property.Value.GetString()!);
                    break;
                default:
                    if (_members.TryGetValue(property.Name, out var member) && member.CanWrite &&
                        TryRead(member.PropertyType, property.Value, out var value))
                        member.SetValue(entity, value);
                    break;
            }
        }
    }

    // False leaves the member as it is: an enum's unknown name, or a type that the service has no value for.
    private static bool TryRead(Type memberType, JsonElement value, out object? result)
    {
        result = null;
        if (value.ValueKind == JsonValueKind.Null)
            return !memberType.IsValueType || Nullable.GetUnderlyingType(memberType) is not null;

        var type = Nullable.GetUnderlyingType(memberType) ?? memberType;
        if (type.IsEnum)
            return Enum.IsDefined(type, value.GetString()!) && Enum.TryParse(type, value.GetString(), out result);
        if (!Readers.TryGetValue(type, out var read))
            return false;
        result = read(value);
        return true;
    }
}
