using System.Net.Http.Headers;
using System.Text;

namespace CacheFunctions.Tests.Http.Content;

/// <summary>Reads multipart bodies by the letter of RFC 2046, section 5.1.1.</summary>
internal static class Multipart
{
    public static List<(Dictionary<string, string> Headers, byte[] Body)> Parse(MediaTypeHeaderValue type, byte[] body)
    {
        Assert.Equal("multipart/byteranges", type.MediaType);
        var boundary = type.Parameters.Single(parameter => parameter.Name == "boundary").Value!.Trim('"');
        Assert.InRange(boundary.Length, 1, 70);
        var parts = new List<(Dictionary<string, string>, byte[])>();
        // Latin-1 keeps every byte as one letter.
        var text = Encoding.Latin1.GetString(body);
        var pieces = text.Split($"\r\n--{boundary}");
        Assert.Empty(pieces[0]);
        Assert.Equal("--\r\n", pieces[^1]);
        foreach (var piece in pieces[1..^1])
        {
            Assert.StartsWith("\r\n", piece, StringComparison.Ordinal);
            var end = piece.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var headers = piece[2..end].Split("\r\n").Select(line => line.Split(": ")).ToDictionary(line => line[0], line => line[1]);
            parts.Add((headers, Encoding.Latin1.GetBytes(piece[(end + 4)..])));
        }

        return parts;
    }
}
