using System.Reflection;
using CacheFunctions.SelfHost.Functions;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Tests.SelfHost.Routing;

/// <summary>Functions written as text, for tests about routes only: <c>Name: GET POST files/{id}</c>.</summary>
internal static class Routes
{
    public static FunctionCatalog Of(params string[] lines) => FunctionCatalog.Of(lines.Select(Parse));

    private static HttpFunction Parse(string line)
    {
        var (name, rest) = (line.Split(": ")[0], line.Split(": ")[1].Split(' '));
        var verbs = rest[..^1];
        return new HttpFunction(
            name, TemplateParser.Parse(rest[^1]), verbs.Length > 0 ? verbs : null, AuthorizationLevel.Anonymous,
            typeof(Routes).GetMethod(nameof(Of), BindingFlags.Public | BindingFlags.Static)!);
    }
}
