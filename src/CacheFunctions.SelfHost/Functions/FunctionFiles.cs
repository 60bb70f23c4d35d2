using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CacheFunctions.Errors;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>
/// What the Functions host reads of a custom handler, made from the functions themselves: a folder with a function.json for each, and
/// a host.json that says what to start.
/// </summary>
internal static class FunctionFiles
{
    private const string FileName = "function.json";

    // Routes hold quotes and angle brackets in no place where HTML would read them.
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes into a folder that holds the published program. Functions that an earlier one had are removed.</summary>
    /// <exception cref="CacheException">InvalidArgument: the folder or the program is not there.</exception>
    public static void Write(string folder)
    {
        var program = typeof(FunctionFiles).Assembly.GetName().Name!;
        if (!File.Exists(Path.Combine(folder, program)))
        {
            throw new CacheException(
                ErrorCode.InvalidArgument, $"--write-functions '{folder}': no {program} lies there. Name the folder that it was published to.");
        }

        foreach (var earlier in Directory.EnumerateDirectories(folder).Where(each => File.Exists(Path.Combine(each, FileName))).ToList())
            Directory.Delete(earlier, recursive: true);
        WriteJson(Path.Combine(folder, HostJson.FileName), HostJson.WithCustomHandler(Path.Combine(AppContext.BaseDirectory, HostJson.FileName), program));
        // Without the prefix, which the host adds by itself.
        var functions = FunctionCatalog.Of(FunctionClasses.All, routePrefix: "");
        foreach (var function in functions.Http) WriteFunction(folder, function.Name, Of(function));
        foreach (var function in functions.Timers) WriteFunction(folder, function.Name, Of(function));
    }

    private static JsonArray Of(HttpFunction function)
    {
        var trigger = new JsonObject
        {
            ["type"] = "httpTrigger",
            ["direction"] = "in",
            ["name"] = "request",
            ["authLevel"] = LevelOf(function.Level),
            ["route"] = function.Template.TemplateText,
        };
        if (function.Methods is { } methods) trigger["methods"] = new JsonArray([.. methods.Select(method => JsonValue.Create(method))]);
        return [trigger, new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "response" }];
    }

    private static JsonArray Of(TimerFunction function) =>
    [
        new JsonObject
        {
            ["type"] = "timerTrigger",
            ["direction"] = "in",
            // Under this name the call of a timer holds what the host knows of it: see CustomHandlerTimers.
            ["name"] = "timer",
            ["schedule"] = function.Schedule,
            ["runOnStartup"] = function.RunOnStartup,
            ["useMonitor"] = function.UseMonitor,
        },
    ];

    private static string LevelOf(AuthorizationLevel level) => level switch
    {
        AuthorizationLevel.Anonymous => "anonymous",
        AuthorizationLevel.Function => "function",
        AuthorizationLevel.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    private static void WriteFunction(string folder, string name, JsonArray bindings)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        WriteJson(Path.Combine(place, FileName), new JsonObject { ["bindings"] = bindings });
    }

    private static void WriteJson(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Json) + "\n");
}
