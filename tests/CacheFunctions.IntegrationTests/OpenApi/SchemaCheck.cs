using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CacheFunctions.IntegrationTests.OpenApi;

/// <summary>Holds values to those parts of JSON Schema (2020-12) that the description uses; any other part is a problem.</summary>
/// <param name="document">Whose components references mean.</param>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly string[] Known =
        ["$ref", "type", "format", "enum", "const", "anyOf", "properties", "required", "items", "additionalProperties", "description", "examples", "default"];

    /// <param name="place">Where the value stands, for people.</param>
    public IEnumerable<string> Problems(JsonNode schema, JsonNode? value, string place)
    {
        var rules = schema.AsObject();
        if (rules.Select(rule => rule.Key).FirstOrDefault(rule => !Known.Contains(rule)) is { } unknown) return [$"{place}: '{unknown}' is a rule that this test does not know"];
        if (rules["$ref"]?.GetValue<string>() is { } reference) return Problems(document["components"]!["schemas"]![reference.Split('/')[^1]]!, value, place);
        if (rules["anyOf"] is JsonArray choices)
            return choices.Any(choice => !Problems(choice!, value, place).Any()) ? [] : [$"{place}: {value?.ToJsonString() ?? "null"} is none of {choices.ToJsonString()}"];
        return OfValue(rules, value, place).Concat(OfObject(rules, value, place)).Concat(OfArray(rules, value, place));
    }

    private static IEnumerable<string> OfValue(JsonObject rules, JsonNode? value, string place)
    {
        if (rules["const"] is { } constant && !JsonNode.DeepEquals(constant, value)) yield return $"{place}: is {value?.ToJsonString() ?? "null"}, not {constant.ToJsonString()}";
        if (rules["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) yield return $"{place}: {value?.ToJsonString() ?? "null"} is none of {words.ToJsonString()}";
        if (rules["type"] is { } types && !Types(types).Any(type => IsOf(type, value))) yield return $"{place}: {value?.ToJsonString() ?? "null"} is no {types.ToJsonString()}";
        if (value is not JsonValue text || text.GetValueKind() != JsonValueKind.String) yield break;
        var fits = rules["format"]?.GetValue<string>() switch
        {
            "date-time" => DateTimeOffset.TryParseExact(text.GetValue<string>(), "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date" => DateOnly.TryParseExact(text.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "uri" => Uri.TryCreate(text.GetValue<string>(), UriKind.Absolute, out _),
            "uuid" => Guid.TryParse(text.GetValue<string>(), out _),
            null => true,
            _ => false,
        };
        if (!fits) yield return $"{place}: {text.ToJsonString()} is no {rules["format"]}";
    }

    private IEnumerable<string> OfObject(JsonObject rules, JsonNode? value, string place)
    {
        if (value is not JsonObject fields) yield break;
        var properties = rules["properties"] as JsonObject ?? [];
        foreach (var name in (rules["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()))
            if (!fields.ContainsKey(name)) yield return $"{place}/{name}: is missing";
        foreach (var (name, field) in fields)
        {
            var schema = properties[name] ?? rules["additionalProperties"];
            // Objects that say nothing of their fields have any.
            if (schema is null && properties.Count > 0) yield return $"{place}/{name}: is not described";
            if (schema is null) continue;
            if (schema.GetValueKind() == JsonValueKind.False) yield return $"{place}/{name}: is not described";
            else foreach (var problem in Problems(schema, field, $"{place}/{name}")) yield return problem;
        }
    }

    private IEnumerable<string> OfArray(JsonObject rules, JsonNode? value, string place) => value is JsonArray items && rules["items"] is { } schema
        ? items.SelectMany((item, i) => Problems(schema, item, $"{place}[{i}]"))
        : [];

    private static IEnumerable<string> Types(JsonNode types) => types is JsonArray all ? all.Select(type => type!.GetValue<string>()) : [types.GetValue<string>()];

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => value?.GetValueKind() == JsonValueKind.Number,
        "integer" => value?.GetValueKind() == JsonValueKind.Number && !value.ToJsonString().Contains('.', StringComparison.Ordinal),
        _ => false,
    };
}
