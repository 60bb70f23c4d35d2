using System.Text.Json;
using System.Text.Json.Nodes;
using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.OpenApi;

/// <summary>What one verb of a function answers, as OpenAPI writes it.</summary>
internal sealed class Responses(Schemas schemas, AnswersAttribute answers, AcceptsAttribute accepts, string verb)
{
    /// <summary>By status.</summary>
    public JsonObject All()
    {
        var responses = new JsonObject();
        if (answers.Content is { } type) responses["200"] = Content("The content.", type);
        else if (answers.Items is { } items) responses["200"] = Success("A page of the list.", List(items), ExampleOfList(items));
        else if (answers.Ok is { } ok) responses["200"] = Success("Done.", ok);
        if (answers.Created is { } created) responses["201"] = Success("Made; Location says where.", created);
        if (answers.Accepted is { } accepted) responses["202"] = Success("It goes on as a job; Location says which.", accepted);
        if (answers.Nothing) responses["204"] = new JsonObject { ["description"] = "Done." };
        if (answers.Ranges && verb == "get") responses["206"] = Content("The span that was asked for, or several.", answers.Content!, "multipart/byteranges");
        if (answers.Ranges || answers.Cached) responses["304"] = new JsonObject { ["description"] = "It is still what the caller has." };

        foreach (var codes in Errors().Distinct().GroupBy(ErrorStatus.Of).OrderBy(codes => codes.Key))
            responses[$"{codes.Key}"] = Error([.. codes.Select(code => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}"))]);
        return responses;
    }

    /// <summary>What any call may fail with, what follows from what it takes, and its own.</summary>
    private IEnumerable<ErrorCode> Errors()
    {
        yield return ErrorCode.InvalidArgument;
        // Also where no proof of identity is needed, one that does not hold is refused.
        yield return ErrorCode.Unauthenticated;
        yield return ErrorCode.Forbidden;
        foreach (var code in answers.Errors) yield return code;
        if (answers.Ranges)
        {
            yield return ErrorCode.PreconditionFailed;
            // HEAD opens nothing, and knows no ranges.
            if (verb == "get") yield return ErrorCode.RangeNotSatisfiable;
            if (verb == "get" && answers.Replaceable) yield return ErrorCode.Conflict;
        }

        if (accepts.Body is not null || accepts.Content) yield return ErrorCode.TooLarge;
        if (accepts.Body is not null) yield return ErrorCode.UnsupportedMediaType;
        // A key stands for a body: where there is none, every request under it is the same.
        if (accepts.Body is not null && verb == "post") yield return ErrorCode.IdempotencyMismatch;
        if (!answers.IsProbe) yield return ErrorCode.Throttled;
        yield return ErrorCode.Unavailable;
    }

    private JsonObject Content(string what, params string[] types)
    {
        var response = new JsonObject { ["description"] = what };
        if (verb != "head") response["content"] = new JsonObject(types.Select(type => KeyValuePair.Create<string, JsonNode?>(type, new JsonObject())));
        return response;
    }

    private JsonObject ExampleOfList(Type items) => new()
    {
        [answers.Plural] = new JsonArray(schemas.Example(items)),
        ["pagination"] = schemas.Example(typeof(Pagination)),
    };

    private JsonObject List(Type items) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(answers.Plural, "pagination"),
        ["properties"] = new JsonObject
        {
            [answers.Plural] = new JsonObject { ["type"] = "array", ["items"] = schemas.Of(items) },
            ["pagination"] = schemas.Of(typeof(Pagination)),
        },
    };

    private JsonObject Success(string what, Type data) => Success(what, schemas.Of(data), schemas.Example(data));

    private JsonObject Success(string what, JsonNode data, JsonNode? example)
    {
        var response = new JsonObject { ["description"] = what };
        if (verb == "head") return response;
        response["content"] = new JsonObject
        {
            ["application/json"] = new JsonObject
            {
                ["schema"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray("success", "data", "timestamp"),
                    ["properties"] = new JsonObject
                    {
                        ["success"] = new JsonObject { ["const"] = true },
                        ["message"] = new JsonObject { ["type"] = "string" },
                        ["data"] = data,
                        ["timestamp"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
                    },
                },
                ["example"] = new JsonObject { ["success"] = true, ["data"] = example, ["timestamp"] = "2026-01-31T09:05:00Z" },
            },
        };
        return response;
    }

    private JsonObject Error(IReadOnlyList<string> codes)
    {
        var response = new JsonObject { ["description"] = string.Join(", ", codes) };
        if (verb == "head") return response;
        response["content"] = new JsonObject
        {
            ["application/json"] = new JsonObject
            {
                ["schema"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray("success", "error", "code", "timestamp"),
                    ["properties"] = new JsonObject
                    {
                        ["success"] = new JsonObject { ["const"] = false },
                        ["error"] = new JsonObject { ["type"] = "string", ["description"] = "What went wrong, and what to do." },
                        ["code"] = new JsonObject { ["enum"] = new JsonArray([.. codes.Select(code => (JsonNode)code)]) },
                        ["timestamp"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
                        ["details"] = new JsonObject { ["type"] = "object" },
                    },
                },
                ["example"] = new JsonObject
                {
                    ["success"] = false,
                    ["error"] = "What went wrong, and what to do.",
                    ["code"] = codes[0],
                    ["timestamp"] = "2026-01-31T09:05:00Z",
                },
            },
        };
        return response;
    }
}
