using System.Globalization;
using System.Text;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>The first answer on a connection, as it came over the wire; every character stands for a byte.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public IEnumerable<string> Header(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <returns>null: no whole head came.</returns>
    public static Answer? Read(byte[] received)
    {
        var text = Encoding.Latin1.GetString(received);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts.Length > 1 ? parts[1] : "")).ToList();
        var answer = new Answer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, text[(end + 4)..]);
        if (answer.Header("Transfer-Encoding").Contains("chunked")) return answer with { Body = Joined(answer.Body) };
        return answer.Header("Content-Length").FirstOrDefault() is { } length && int.Parse(length, CultureInfo.InvariantCulture) is var count && count < answer.Body.Length
            ? answer with { Body = answer.Body[..count] }
            : answer;
    }

    public override string ToString() => $"{Status} {string.Join(", ", Headers.Select(header => $"{header.Name}: {header.Value}"))}\n{Body}";

    private static string Joined(string chunks)
    {
        var body = new StringBuilder();
        while (chunks.IndexOf("\r\n", StringComparison.Ordinal) is > 0 and var end)
        {
            var length = int.Parse(chunks[..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0) break;
            body.Append(chunks.AsSpan(end + 2, length));
            chunks = chunks[(end + 2 + length + 2)..];
        }

        return body.ToString();
    }
}
