using System.Globalization;
using System.Text;
using System.Xml;

namespace Azure.Data.Tables.Wire;

/// <summary>An interpolated string as an OData filter: every hole becomes a literal of its type, quotes doubled.</summary>
internal static class QueryFilter
{
    public static string? Create(FormattableString? filter) => filter is null
        ? null
        : string.Format(CultureInfo.InvariantCulture, filter.Format, [.. filter.GetArguments().Select(Literal)]);

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        sbyte or byte or short or ushort or int or uint or decimal or float or double =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        long or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture) + "L",
        Guid guid => $"guid'{guid}'",
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        BinaryData binary => $"X'{Convert.ToHexString(binary.ToMemory().Span)}'",
        DateTimeOffset instant => Instant(instant.UtcDateTime),
        DateTime time => Instant(time.ToUniversalTime()),
        string or char or StringBuilder => $"'{value.ToString()!.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentException($"Unable to convert an argument of type {value.GetType()} to an OData literal."),
    };

    private static string Instant(DateTime utc) =>
        $"datetime'{XmlConvert.ToString(utc, XmlDateTimeSerializationMode.RoundtripKind)}'";
}
