using System.Text.Json;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>What the self-host takes from host.json.</summary>
internal static class HostJson
{
    private const string DefaultRoutePrefix = "api";

    /// <param name="folders">The first that holds a host.json counts.</param>
    public static string RoutePrefix(params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            var path = Path.Combine(folder, "host.json");
            if (File.Exists(path)) return Read(path);
        }

        return DefaultRoutePrefix;
    }

    private static string Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(
                File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
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
