using System.Text.Json;
using CacheFunctions.SelfHost.Functions;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.IntegrationTests.Package;

/// <summary>Reads a package as the Functions host does: a function is a folder with a function.json.</summary>
internal static class PlayedFunction
{
    /// <param name="http">Those with one httpTrigger in and one http out, which requests can be handed through to.</param>
    /// <param name="timers">Their names and schedules.</param>
    public static void ReadAll(string folder, out IReadOnlyList<HttpFunction> http, out IReadOnlyDictionary<string, string> timers)
    {
        var (requests, schedules) = (new List<HttpFunction>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var file in Directory.EnumerateDirectories(folder).Select(each => Path.Combine(each, "function.json")).Where(File.Exists))
        {
            var name = Path.GetFileName(Path.GetDirectoryName(file))!;
            var bindings = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("bindings").EnumerateArray().ToList();
            Assert.Equal("in", bindings[0].GetProperty("direction").GetString());
            if (bindings[0].GetProperty("type").GetString() == "timerTrigger")
            {
                Assert.Single(bindings);
                Assert.Equal("timer", bindings[0].GetProperty("name").GetString());
                schedules.Add(name, bindings[0].GetProperty("schedule").GetString()!);
                continue;
            }

            Assert.Equal("httpTrigger", bindings[0].GetProperty("type").GetString());
            Assert.Equal(2, bindings.Count);
            Assert.Equal(("http", "out"), (bindings[1].GetProperty("type").GetString(), bindings[1].GetProperty("direction").GetString()));
            requests.Add(new HttpFunction(
                name,
                TemplateParser.Parse(bindings[0].GetProperty("route").GetString()!),
                [.. bindings[0].GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)],
                Enum.Parse<AuthorizationLevel>(bindings[0].GetProperty("authLevel").GetString()!, ignoreCase: true),
                Method: null!));
        }

        (http, timers) = (requests, schedules);
    }
}
