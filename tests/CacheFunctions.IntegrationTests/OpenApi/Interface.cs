using System.Globalization;
using System.Text.Json.Nodes;

namespace CacheFunctions.IntegrationTests.OpenApi;

/// <summary>What the service says of itself at /api/openapi.json, to be held against what it does.</summary>
internal sealed class Interface
{
    private readonly SchemaCheck _schemas;

    private Interface(JsonNode document)
    {
        _schemas = new SchemaCheck(document);
        Operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!)))
            .ToDictionary();
    }

    /// <summary>By verb and path, as "GET /api/sessions/{session_id}".</summary>
    public IReadOnlyDictionary<string, JsonNode> Operations { get; }

    public static async Task<Interface> ReadAsync(HttpClient http) => new(JsonNode.Parse(await http.GetStringAsync("/api/openapi.json"))!);

    /// <summary>Each status of each operation.</summary>
    public IEnumerable<(string Operation, int Status)> All => Operations.Keys.SelectMany(each => Statuses(each).Select(status => (each, status)));

    public IReadOnlyList<int> Statuses(string operation) =>
        [.. Operations[operation]["responses"]!.AsObject().Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture))];

    /// <summary>What of an answer is not as it is described.</summary>
    /// <param name="type">The media type; null: there is none.</param>
    public IEnumerable<string> Problems(string operation, int status, string? type, string body)
    {
        if (Operations[operation]["responses"]?[$"{status}"] is not { } response) return [$"its status {status} is not in the description"];
        if (response["content"]?.AsObject() is not { } content) return body.Length > 0 ? ["it has a body, and none is described"] : [];
        var bare = type?.Split(';')[0];
        if (content.Select(each => each.Key).FirstOrDefault(each => each == "*/*" || each == bare) is not { } described)
            return [$"its media type is {type}, and not {string.Join(" or ", content.Select(each => each.Key))}"];
        if (described != "application/json" || content[described]!["schema"] is not { } schema) return [];
        return _schemas.Problems(schema, JsonNode.Parse(body), "");
    }

    /// <summary>What of the examples is not as it is described.</summary>
    public IEnumerable<string> ProblemsOfExamples() =>
        from operation in Operations
        from media in Media(operation.Value)
        where media["example"] is not null
        from problem in _schemas.Problems(media["schema"]!, media["example"], "")
        select $"{operation.Key}: {problem}";

    private static IEnumerable<JsonNode> Media(JsonNode operation)
    {
        if (operation["requestBody"]?["content"]?["application/json"] is { } body) yield return body;
        foreach (var (_, response) in operation["responses"]!.AsObject())
            if (response!["content"]?["application/json"] is { } media) yield return media;
    }
}
