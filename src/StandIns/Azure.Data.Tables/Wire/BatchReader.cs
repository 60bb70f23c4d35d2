using System.Globalization;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>The answers inside a batch's answer: parts of type application/http, within a change set or bare.</summary>
internal static class BatchReader
{
    /// <exception cref="FormatException">The body is not such a batch.</exception>
    public static List<Response> Read(string? contentType, ReadOnlyMemory<byte> body)
    {
        var responses = new List<Response>();
        ReadParts(BoundaryOf(contentType), body, responses);
        return responses;
    }

    private static void ReadParts(string boundary, ReadOnlyMemory<byte> body, List<Response> responses)
    {
        var delimiter = Encoding.ASCII.GetBytes("--" + boundary);
        var start = body.Span.IndexOf(delimiter);
        while (start >= 0)
        {
            body = body[(start + delimiter.Length)..];
            if (body.Span.StartsWith("--"u8))
                return;
            start = body.Span.IndexOf(delimiter);
            // What opens a part and is not closed by the next boundary was cut off.
            if (start < 0)
                break;
            ReadPart(body[..start], responses);
        }

        throw new FormatException("The answer to a batch breaks off.");
    }

    private static void ReadPart(ReadOnlyMemory<byte> part, List<Response> responses)
    {
        TakeLine(ref part);
        var type = TakeHeaders(ref part).Find(header => Named(header, "Content-Type")).Value ?? "";
        if (type.StartsWith("multipart/mixed", StringComparison.OrdinalIgnoreCase))
        {
            ReadParts(BoundaryOf(type), part, responses);
            return;
        }

        // "HTTP/1.1 204 No Content"
        var status = TakeLine(ref part).Split(' ', 3);
        if (status.Length < 2 || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new FormatException("A part of the answer to a batch has no status.");
        var headers = TakeHeaders(ref part);
        responses.Add(new BatchedResponse(code, status.Length > 2 ? status[2] : "", headers, part.ToArray()));
    }

    private static List<HttpHeader> TakeHeaders(ref ReadOnlyMemory<byte> part)
    {
        var headers = new List<HttpHeader>();
        while (TakeLine(ref part) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers.Add(new HttpHeader(line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }

        return headers;
    }

    private static string TakeLine(ref ReadOnlyMemory<byte> part)
    {
        var end = part.Span.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString((end < 0 ? part : part[..end]).Span).TrimEnd('\r');
        part = end < 0 ? default : part[(end + 1)..];
        return line;
    }

    private static string BoundaryOf(string? contentType)
    {
        const string Name = "boundary=";
        var at = contentType?.IndexOf(Name, StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0
            ? throw new FormatException("The answer to a batch is not multipart.")
            : contentType![(at + Name.Length)..].Split(';')[0].Trim().Trim('"');
    }

    private static bool Named(HttpHeader header, string name) =>
        string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase);
}
