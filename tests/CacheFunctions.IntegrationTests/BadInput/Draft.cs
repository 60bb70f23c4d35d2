using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing.Template;

namespace CacheFunctions.IntegrationTests.BadInput;

/// <summary>
/// A request as it goes over the wire, byte for byte. Every text in it stands for bytes, one for each character, so that
/// a hazard may put anything anywhere.
/// </summary>
internal sealed class Draft(string verb, RouteTemplate template)
{
    private readonly Dictionary<string, string> _route = [];

    public string Verb { get; set; } = verb;

    public List<(string Name, string Value)> Query { get; } = [];

    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>Of a JSON body: each name with its value as JSON.</summary>
    public List<(string Name, string Json)> Fields { get; } = [];

    /// <summary>null: the fields, if there are any.</summary>
    public string? Body { get; set; }

    public string? ContentType { get; set; }

    /// <summary>null: as long as the body is.</summary>
    public string? ContentLength { get; set; }

    /// <summary>Whether the client ends its side of the connection after the last byte.</summary>
    public bool IsCutOff { get; set; }

    public Func<string, string> Target { get; set; } = target => target;

    public string Host { get; set; } = "Host: localhost\r\n";

    public string Protocol { get; set; } = "HTTP/1.1";

    /// <summary>The bytes of a text.</summary>
    public static string Wire(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public string BodyText() => Body ?? (ContentType is null ? "" : "{" + string.Join(", ", Fields.Select(field => $"\"{field.Name}\": {field.Json}")) + "}");

    /// <summary>Puts a text where it belongs, written as it has to be there.</summary>
    public void Put(Position position, string text) => Set(position, position.Place switch
    {
        Place.Header => Wire(text),
        Place.Route => string.Join('/', text.Split('/').Select(Uri.EscapeDataString)),
        Place.Field => position.Type == typeof(string) ? Wire(JsonSerializer.Serialize(text)) : Wire(text),
        _ => Uri.EscapeDataString(text),
    });

    /// <summary>Puts bytes where they belong, as they are.</summary>
    public void Set(Position position, string wire)
    {
        if (position.Place == Place.Route) _route[position.Name] = wire;
        else Set(position.Place == Place.Query ? Query : position.Place == Place.Header ? Headers : Fields, position.Name, wire);
    }

    public byte[] ToBytes()
    {
        var query = string.Join('&', Query.Select(pair => $"{pair.Name}={pair.Value}"));
        var body = BodyText();
        var length = ContentLength ?? (body.Length > 0 || Verb is "POST" or "PUT" or "PATCH" ? $"{body.Length}" : "");
        var headers = new List<(string Name, string Value)>(Headers);
        if (ContentType is not null) headers.Add(("Content-Type", ContentType));
        if (length.Length > 0) headers.Add(("Content-Length", length));
        headers.Add(("Connection", "close"));
        var first = $"{Verb} {Target(Path() + (query.Length > 0 ? "?" + query : ""))} {Protocol}\r\n";
        return Encoding.Latin1.GetBytes($"{first}{Host}{string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"))}\r\n{body}");
    }

    private static void Set(List<(string Name, string Value)> list, string name, string value)
    {
        list.RemoveAll(pair => pair.Name == name);
        list.Add((name, value));
    }

    private string Path() => "/" + string.Join('/', template.Segments.Select(segment => string.Concat(segment.Parts.Select(
        part => part.IsLiteral ? part.Text : _route[JsonNamingPolicy.SnakeCaseLower.ConvertName(part.Name!)]))));
}
