using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>An entity as a JSON object, without what belongs to the service: Timestamp and ETag.</summary>
internal static class EntityWriter
{
    public static void Write(Utf8JsonWriter json, ITableEntity entity)
    {
        json.WriteStartObject();
        if (entity is IDictionary<string, object?> properties)
            WriteProperties(json, properties);
        else
            EntityBinder.For(entity.GetType()).Write(json, entity);
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, IDictionary<string, object?> properties)
    {
        foreach (var (name, value) in properties)
        {
            if (name is PropertyNames.Timestamp or PropertyNames.ETag)
                continue;
            if (value is Enum)
                throw new NotSupportedException("Enum values are only supported for custom model types implementing ITableEntity.");
            PropertyWriter.Write(json, name, value);
        }
    }
}
