using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Service;

/// <summary>The paths of this service, read once from its functions.</summary>
internal static class RouteTable
{
    private static readonly List<(TemplateMatcher Template, string[] Methods)> Routes = Read();

    /// <returns>The methods that a path takes; none: the path is not known.</returns>
    public static IReadOnlyList<string> MethodsOf(PathString path) =>
    [
        .. Routes
            .Where(route => route.Template.TryMatch(path, []))
            .SelectMany(route => route.Methods)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static List<(TemplateMatcher Template, string[] Methods)> Read()
    {
        var triggers =
            from type in typeof(RouteTable).Assembly.GetTypes()
            where type != typeof(FallbackFunction)
            from method in type.GetMethods()
            where method.GetCustomAttribute<FunctionAttribute>() is not null
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger?.Route is not null
            select (
                new TemplateMatcher(TemplateParser.Parse(trigger!.Route!), []),
                (trigger!.Methods ?? []).Select(name => name.ToUpperInvariant()).ToArray());
        return [.. triggers];
    }
}
