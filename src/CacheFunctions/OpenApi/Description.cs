using System.Reflection;
using System.Text.Json.Nodes;
using CacheFunctions.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.OpenApi;

/// <summary>
/// The interface of this service as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1), from the function classes and their types alone.
/// </summary>
internal sealed class Description
{
    private static readonly string[] Schemes = ["key", "code", "token"];

    private readonly Schemas _schemas = new();
    private readonly JsonObject _paths = [];

    private Description()
    {
        foreach (var method in FunctionClasses.All.SelectMany(type => type.GetMethods()).OrderBy(method => method.Name, StringComparer.Ordinal))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is null) continue;
            foreach (var trigger in method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>())
                Add(method, trigger);
        }
    }

    public static JsonObject OfService()
    {
        var description = new Description();
        var paths = new JsonObject();
        foreach (var (path, operations) in description._paths.OrderBy(each => each.Key, StringComparer.Ordinal)) paths[path] = operations!.DeepClone();
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "CacheFunctions",
                ["version"] = typeof(Description).Assembly.GetName().Version!.ToString(3),
                ["description"] = "A file cache: edit sessions over files of a NAS, a catalogue of cached files, a file manager and a directory cache. "
                    + "Every JSON answer is an envelope: success, message, data, timestamp; every error says what went wrong and what to do, under a code.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray([.. Schemes.Select(scheme => (JsonNode)new JsonObject { [scheme] = new JsonArray() })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = description._schemas.Components(),
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key", ["description"] = "A function key." },
                    ["code"] = new JsonObject { ["type"] = "apiKey", ["in"] = "query", ["name"] = "code", ["description"] = "A function key." },
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT", ["description"] = "A user's token." },
                },
            },
        };
    }

    private void Add(MethodInfo method, HttpTriggerAttribute trigger)
    {
        var answers = method.GetCustomAttribute<AnswersAttribute>()
            ?? throw new InvalidOperationException($"{method.Name} does not say what it answers: give it [Answers].");
        var (path, names) = Route.Of(trigger.Route!);
        var operations = _paths[path] as JsonObject;
        if (operations is null) _paths[path] = operations = [];
        foreach (var verb in trigger.Methods!)
        {
            var operation = new JsonObject
            {
                ["operationId"] = trigger.Methods!.Length > 1 && verb == "head" ? method.Name + "Head" : method.Name,
                ["summary"] = answers.Summary,
                ["tags"] = new JsonArray(method.DeclaringType!.Namespace!.Split('.')[1]),
            };
            if (trigger.AuthLevel == AuthorizationLevel.Anonymous) operation["security"] = new JsonArray();
            if (Parameters(method.Name, names, AcceptsAttribute.Of(method), verb) is { Count: > 0 } parameters) operation["parameters"] = parameters;
            if (Body(AcceptsAttribute.Of(method)) is { } body) operation["requestBody"] = body;
            operation["responses"] = new Responses(_schemas, answers, AcceptsAttribute.Of(method), verb).All();
            operations[verb] = operation;
        }
    }

    private static JsonArray Parameters(string function, IReadOnlyList<string> route, AcceptsAttribute accepts, string verb)
    {
        IEnumerable<(string Name, string In)> all =
        [
            .. route.Select(name => (name, "path")),
            .. accepts.Query.Select(name => (name, "query")),
            // OpenAPI has the media type of a body elsewhere.
            .. accepts.Headers.Where(name => name != "Content-Type").Select(name => (name, "header")),
            .. verb == "post" ? [("Idempotency-Key", "header")] : Array.Empty<(string, string)>(),
        ];
        return new JsonArray([.. all.Select(each => (JsonNode)Parameter(Names.Of(function, each.Name), each.Name, each.In))]);
    }

    private static JsonObject Parameter(Name name, string called, string place)
    {
        var parameter = new JsonObject
        {
            ["name"] = called,
            ["in"] = place,
            ["description"] = name.Description,
            ["required"] = place == "path",
            ["schema"] = name.Schema(),
        };
        if (name.Example is { } example) parameter["example"] = example.DeepClone();
        return parameter;
    }

    private JsonObject? Body(AcceptsAttribute accepts)
    {
        if (accepts.Content) return new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["*/*"] = new JsonObject() } };
        if (accepts.Body is null) return null;
        return new JsonObject
        {
            ["required"] = !accepts.BodyIsOptional,
            ["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = _schemas.Of(accepts.Body), ["example"] = _schemas.Example(accepts.Body) },
            },
        };
    }
}
