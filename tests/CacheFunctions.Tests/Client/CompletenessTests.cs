using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CacheFunctions.Client;

namespace CacheFunctions.Tests.Client;

/// <summary>The client is held to the service's own description: all calls, all that they take, all that they answer.</summary>
public sealed partial class CompletenessTests
{
    private static readonly JsonObject Description = CacheFunctions.OpenApi.Description.OfService();

    private static readonly IReadOnlyDictionary<string, (string Verb, string Path, JsonNode Operation)> Operations = (
        from path in Description["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key.ToUpperInvariant(), path.Key, operation.Value!)).ToDictionary(each => each.Item3["operationId"]!.GetValue<string>());

    private static readonly JsonSerializerOptions WithNulls = new(ClientJson.Options) { DefaultIgnoreCondition = default };

    /// <summary>What is not sent, and why.</summary>
    private static readonly Dictionary<string, string[]> Unsaid = new()
    {
        // Other names of what is sent.
        ["AddCachedFile"] = ["operation"],
        ["UploadAppFile"] = ["x-meta-*"],
        ["UploadUserFile"] = ["x-meta-*"],
        // They repeat what the session says, or say nothing.
        ["AcquireLock"] = ["user_id", "file_path"],
        ["RenewLock"] = ["user_id", "file_path"],
        ["ReleaseLock"] = ["user_id", "file_path", "ttl_seconds"],
        ["CreateFileDownloadUrl"] = ["content_type"],
        // Another way to say Last-Event-ID.
        ["StreamCacheEvents"] = ["after"],
        // A HEAD of a file tells of it already.
        ["DownloadAppFileHead"] = ["metadata"],
        ["DownloadUserFileHead"] = ["metadata"],
    };

    /// <summary>Where a later run of the job goes on: the service's own, and left out where it says nothing.</summary>
    private static readonly string[] Untold = ["WarmDirectories.items[0].growth is not told", "WarmDirectories.items[0].after is not told"];

    /// <summary>What people look at in a browser.</summary>
    private static readonly string[] OfDashboard = ["ShowDashboard", "ShowDashboardHead", "GetDashboardFile", "GetDashboardFileHead"];

    public static TheoryData<string> Names => [.. Calls.All.Keys];

    [Fact]
    public void Every_operation_of_the_service_has_a_method_and_no_method_asks_for_another() =>
        Assert.Equal(Operations.Keys.Except(OfDashboard).Order(StringComparer.Ordinal), Calls.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_method_asks_for_its_operation_and_can_say_all_that_it_takes(string name)
    {
        var (verb, path, operation) = Operations[name];
        var (sent, _) = await CallAsync(name);

        Assert.All(sent, request => Assert.Equal(verb, request.Method.Method));
        Assert.All(sent, request => Assert.Matches(Parameter().Replace(path, match => match.Groups[1].Value is "path" or "filename" or "name" ? ".+" : "[^/]+") + "$", request.Address.AbsolutePath));
        var taken = (operation["parameters"]?.AsArray() ?? []).Where(parameter => parameter!["in"]!.GetValue<string>() != "path")
            .Select(parameter => parameter!["name"]!.GetValue<string>()).Concat(FieldsOf(operation));
        var said = sent.SelectMany(Said).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(
            taken.Except(Unsaid.GetValueOrDefault(name, [])).Order(StringComparer.OrdinalIgnoreCase), said.Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_method_tells_all_that_its_operation_answers(string name)
    {
        if (ExampleOf(name) is not JsonObject data) return;
        var (_, result) = await CallAsync(name);
        if (name == "AllowStorageEvents") return;

        var told = JsonSerializer.SerializeToNode(result, WithNulls);
        var expected = data.ContainsKey("pagination") ? data.First(field => field.Value is JsonArray).Value : data;
        Assert.Empty(Differences(expected, told, name).Except(Untold));
    }

    private static async Task<(IReadOnlyList<Sent> Sent, object? Result)> CallAsync(string name)
    {
        var example = ExampleOf(name);
        var service = new FakeService(_ => example is null ? Content(name) : FakeService.Data(example.ToJsonString()));
        var result = await Calls.All[name](service.ToClient(options: new CacheClientOptions { MaxTries = 1 }));
        return (service.Sent, result);
    }

    private static JsonNode? ExampleOf(string name)
    {
        var responses = Operations[name].Operation["responses"]!;
        return (responses["200"] ?? responses["201"])?["content"]?["application/json"]?["example"]?["data"];
    }

    private static HttpResponseMessage Content(string name) => new(name.EndsWith("Head", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.PartialContent)
    {
        Content = new StringContent("null", Encoding.UTF8, "application/json"),
        Headers = { ETag = new("\"a\""), Location = new Uri("/api/jobs/j", UriKind.Relative) },
    };

    private static IEnumerable<string> FieldsOf(JsonNode operation)
    {
        if (operation["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"] is not { } reference) return [];
        var schema = Description["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!;
        return schema["properties"]!.AsObject().Select(property => property.Key);
    }

    private static IEnumerable<string> Said(Sent request) =>
    [
        .. request.Address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]),
        .. request.Headers.Keys.Where(header => header is not ("Accept" or "Content-Type" or "Content-Length")),
        .. request.Header("Content-Type")?.Contains("json", StringComparison.Ordinal) == true && request.Body!.StartsWith('{')
            ? JsonNode.Parse(request.Body)!.AsObject().Select(field => field.Key) : [],
    ];

    private static IEnumerable<string> Differences(JsonNode? expected, JsonNode? told, string place)
    {
        switch (expected)
        {
            case JsonObject fields:
                return fields.SelectMany(field => told is JsonObject have && have.ContainsKey(field.Key)
                    ? Differences(field.Value, have[field.Key], $"{place}.{field.Key}") : [$"{place}.{field.Key} is not told"]);
            case JsonArray items:
                return told is JsonArray list && list.Count == items.Count
                    ? items.SelectMany((item, i) => Differences(item, list[i], $"{place}[{i}]")) : [$"{place} is {told?.ToJsonString()}"];
            case null:
                return [];
            default:
                return Plain(expected) == Plain(told) ? [] : [$"{place} is {told?.ToJsonString()}, not {expected.ToJsonString()}"];
        }
    }

    /// <summary>One time may be written in several ways.</summary>
    private static string? Plain(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String && DateTimeOffset.TryParse(value.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToString("O", CultureInfo.InvariantCulture) : value?.ToJsonString();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
