using System.Text.Json;
using System.Text.RegularExpressions;

namespace CacheFunctions.OpenApi;

/// <summary>A route of a function as OpenAPI writes paths: {sessionId:minlength(16)} is {session_id}.</summary>
internal static partial class Route
{
    public static (string Path, IReadOnlyList<string> Names) Of(string route)
    {
        var names = new List<string>();
        var path = Parameter().Replace(route, match =>
        {
            names.Add(JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups[1].Value));
            return $"{{{names[^1]}}}";
        });
        return ("/" + path, names);
    }

    // A constraint may hold braces of its own only doubled, and none here does.
    [GeneratedRegex(@"\{\*{0,2}(\w+)[^}]*\}")]
    private static partial Regex Parameter();
}
