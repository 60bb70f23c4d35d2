using System.Globalization;
using System.Text.Json.Nodes;

namespace CacheFunctions.IntegrationTests.OpenApi;

/// <summary>What the service says of itself at /api/openapi.json, to be held against what it does.</summary>
internal sealed class Interface
{
    private readonly JsonNode _document;
    private readonly SchemaCheck _schemas;

    private Interface(JsonNode document) => (_document, _schemas) = (document, new SchemaCheck(document));

    /// <summary>By verb and path, as "GET /api/sessions/{session_id}".</summary>
    public IReadOnlyDictionary<string, JsonNode> Operations => _document["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject().Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!)))
        .ToDictionary();

    public static async Task<Interface> ReadAsync(HttpClient http) => new(JsonNode.Parse(await http.GetStringAsync("/api/openapi.json"))!);

    public IReadOnlyList<int> Statuses(string operation) =>
        [.. Operations[operation]["responses"]!.AsObject().Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture))];

    /// <summary>What of a JSON answer is not as it is described.</summary>
    public IEnumerable<string> Problems(string operation, int status, string body)
    {
        if (Operations[operation]["responses"]?[$"{status}"] is not { } response) return [$"{status} is not described"];
        if (response["content"]?["application/json"]?["schema"] is not { } schema) return [];
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
