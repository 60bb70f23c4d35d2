using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using CacheFunctions.Http;

namespace CacheFunctions.OpenApi;

/// <summary>The schemas of the types that requests and answers hold, each once, under its name.</summary>
internal sealed class Schemas
{
    private static readonly JsonSerializerOptions Options = Readable();

    private readonly SortedDictionary<string, Type> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, JsonNode> _schemas = [];

    /// <summary>By the names under which references mean them.</summary>
    public JsonObject Components()
    {
        var all = new JsonObject();
        // Whoever is described last may have named more.
        for (var before = -1; before < _schemas.Count;)
        {
            before = _schemas.Count;
            foreach (var type in _named.Values.Where(type => !_schemas.ContainsKey(type)).ToList()) _schemas[type] = Describe(type);
        }

        foreach (var (name, type) in _named) all[name] = _schemas[type].DeepClone();
        return all;
    }

    /// <summary>A reference, or what is no type of this service as it is.</summary>
    public JsonNode Of(Type type) => IsOwn(type) ? Reference(type) : Describe(type);

    /// <summary>A right value.</summary>
    public JsonNode? Example(Type type) => Example(Of(type), 0);

    private static JsonSerializerOptions Readable()
    {
        // Numbers are also taken as texts, but not to be sent so.
        var options = new JsonSerializerOptions(Json.Options) { NumberHandling = JsonNumberHandling.Strict };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static bool IsOwn(Type type) =>
        type is { IsEnum: false, IsGenericType: false } && type.Namespace?.StartsWith("CacheFunctions", StringComparison.Ordinal) == true;

    private JsonObject Reference(Type type) => new() { ["$ref"] = $"#/components/schemas/{NameOf(type)}" };

    private string NameOf(Type type)
    {
        var name = type.Name.EndsWith("Answer", StringComparison.Ordinal) ? type.Name[..^"Answer".Length] : type.Name;
        // Two features may have a word in common.
        if (_named.TryGetValue(name, out var other) && other != type) name = type.Namespace!.Split('.')[1] + name;
        _named[name] = type;
        return name;
    }

    private JsonNode Describe(Type type) => Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Transform(context, schema, type),
    });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema, Type described)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNullable = context.PropertyInfo?.IsGetNullable ?? type != context.TypeInfo.Type;
        if (type == typeof(DateTimeOffset)) schema = Typed(isNullable, "date-time", "string");
        else if (context.PropertyInfo?.CustomConverter is TextOrNumber) schema = Typed(isNullable, null, "string", "integer");
        else if (IsOwn(type) && type != described) schema = isNullable ? OrNull(Reference(type)) : Reference(type);
        else if (type == described && schema["properties"] is JsonObject properties) Require((JsonObject)schema, properties, type);
        // Anything: as an object, which more programs read than true.
        if (schema is not JsonObject) schema = new JsonObject();
        if (context.PropertyInfo is null || Names.Find(context.PropertyInfo.Name) is not { } name) return schema;
        var known = (JsonObject)schema;
        // Of an answer, its name says enough: what is meant here is what a caller may say.
        if (IsRequest(described)) known["description"] = name.Description;
        if (name.Example is { } example && !known.ContainsKey("enum") && Types(known).Contains(name.Type ?? "object"))
            known["examples"] = new JsonArray(example.DeepClone());
        return known;
    }

    private static IEnumerable<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => several.Select(type => type!.GetValue<string>()),
        { } one => [one.GetValue<string>()],
        null => [],
    };

    private static bool IsRequest(Type type) => type.Name.EndsWith("Request", StringComparison.Ordinal);

    /// <summary>An answer has all of its fields, but those that are left out when there is nothing in them; a request has what it must.</summary>
    private static void Require(JsonObject schema, JsonObject properties, Type type)
    {
        var isRequest = IsRequest(type);
        var required = type.GetProperties()
            .Where(property => isRequest ? property.IsDefined(typeof(RequiredAttribute), false) : !property.IsDefined(typeof(JsonIgnoreAttribute), false))
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name))
            .Where(properties.ContainsKey);
        schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        if (isRequest) schema["additionalProperties"] = false;
    }

    private static JsonObject OrNull(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };

    private static JsonObject Typed(bool isNullable, string? format, params string[] types)
    {
        string[] all = isNullable ? [.. types, "null"] : types;
        var schema = new JsonObject { ["type"] = all.Length == 1 ? all[0] : new JsonArray([.. all.Select(type => (JsonNode)type)]) };
        if (format is not null) schema["format"] = format;
        return schema;
    }

    private JsonNode? Example(JsonNode schema, int depth)
    {
        if (schema is not JsonObject description || depth > 8) return null;
        if (description["$ref"] is { } reference)
        {
            var type = _named[reference.GetValue<string>().Split('/')[^1]];
            if (!_schemas.TryGetValue(type, out var known)) known = _schemas[type] = Describe(type);
            return Example(known, depth + 1);
        }

        if (description["examples"] is JsonArray { Count: > 0 } examples) return examples[0]?.DeepClone();
        if (description["enum"] is JsonArray { Count: > 0 } words) return words[0]?.DeepClone();
        if (description["anyOf"] is JsonArray choices) return Example(choices[0]!, depth + 1);
        return Types(description).FirstOrDefault() switch
        {
            "object" => Object(description, depth),
            "array" => description["items"] is { } items && Example(items, depth + 1) is { } item ? new JsonArray(item) : [],
            "integer" => 1,
            "number" => 0.5,
            "boolean" => true,
            "string" => description["format"]?.GetValue<string>() switch
            {
                "date-time" => "2026-01-31T09:05:00Z",
                "date" => "2026-01-31",
                "uri" => "https://example.org/a",
                _ => "text",
            },
            _ => null,
        };
    }

    private JsonObject Object(JsonObject description, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, schema) in description["properties"] as JsonObject ?? []) example[name] = Example(schema!, depth + 1);
        return example;
    }
}
