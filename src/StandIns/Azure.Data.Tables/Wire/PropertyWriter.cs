using System.Globalization;
using System.Text.Json;
using System.Xml;

namespace Azure.Data.Tables.Wire;

/// <summary>One property with the annotation its type needs. Null is not sent: the service knows no null.</summary>
internal static class PropertyWriter
{
    private const string Ticks = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    /// <exception cref="NotSupportedException">The service has no such type, or a DateTime is not in UTC.</exception>
    public static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                json.WriteString(name, text);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                Annotated(json, name, EdmTypes.Int64, number.ToString(CultureInfo.InvariantCulture));
                break;
            case ulong number:
                Annotated(json, name, EdmTypes.Int64, number.ToString(CultureInfo.InvariantCulture));
                break;
            case float number:
                json.WriteNumber(name, number);
                break;
            case decimal number:
                json.WriteNumber(name, number);
                break;
            case double number:
                WriteDouble(json, name, number);
                break;
            case DateTimeOffset instant:
                Annotated(json, name, EdmTypes.DateTime, instant.UtcDateTime.ToString(Ticks, CultureInfo.InvariantCulture));
                break;
            case DateTime { Kind: DateTimeKind.Utc } time:
                Annotated(json, name, EdmTypes.DateTime, time.ToString(Ticks, CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                throw new NotSupportedException($"{name}: a DateTime must be of kind Utc, not {time.Kind}.");
            case TimeSpan duration:
                json.WriteString(name, XmlConvert.ToString(duration));
                break;
            case Guid guid:
                Annotated(json, name, EdmTypes.Guid, guid.ToString());
                break;
            case byte[] bytes:
                WriteBinary(json, name, bytes);
                break;
            case BinaryData binary:
                WriteBinary(json, name, binary.ToMemory().Span);
                break;
            default:
                throw new NotSupportedException($"{name}: the Table service has no type for {value.GetType()}.");
        }
    }

    // The annotation keeps 5.0 from being stored as a 32-bit integer; JSON has no number for the last three.
    private static void WriteDouble(Utf8JsonWriter json, string name, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteString(name + PropertyNames.TypeSuffix, EdmTypes.Double);
            json.WriteNumber(name, number);
            return;
        }

        Annotated(json, name, EdmTypes.Double, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }

    private static void WriteBinary(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        json.WriteString(name + PropertyNames.TypeSuffix, EdmTypes.Binary);
        json.WriteBase64String(name, bytes);
    }

    private static void Annotated(Utf8JsonWriter json, string name, string type, string value)
    {
        json.WriteString(name + PropertyNames.TypeSuffix, type);
        json.WriteString(name, value);
    }
}
