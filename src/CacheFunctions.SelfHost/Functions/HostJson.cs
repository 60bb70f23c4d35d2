using System.Text.Json;
using System.Text.Json.Nodes;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>What the self-host takes from host.json.</summary>
internal static class HostJson
{
    public const string FileName = "host.json";

    private const string DefaultRoutePrefix = "api";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="folders">The first that holds a host.json counts.</param>
    public static string RoutePrefix(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            var path = Path.Combine(folder, FileName);
            if (File.Exists(path)) return Read(path);
        }

        return DefaultRoutePrefix;
    }

    /// <summary>The same file for a host that starts <paramref name="program"/>, which lies beside it, and hands requests through as they are.</summary>
    public static JsonObject WithCustomHandler(string path, string program)
    {
        var host = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: Lenient)!.AsObject();
        host["customHandler"] = new JsonObject
        {
            ["description"] = new JsonObject { ["defaultExecutablePath"] = program, ["workingDirectory"] = "", ["arguments"] = new JsonArray() },
            // Streams both ways; forwarding would hold whole bodies, and lose those without a length.
            ["enableProxyingHttpRequest"] = true,
        };
        return host;
    }

    private static string Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            return json.RootElement.TryGetProperty("extensions", out var extensions)
                && extensions.TryGetProperty("http", out var http)
                && http.TryGetProperty("routePrefix", out var prefix)
                ? prefix.GetString() ?? DefaultRoutePrefix
                : DefaultRoutePrefix;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CacheException(ErrorCode.Internal, $"{path} cannot be read: {e.Message}", null, e);
        }
    }
}
