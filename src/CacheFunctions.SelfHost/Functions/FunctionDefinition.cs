using System.Reflection;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Reads one function from its method and attributes, and refuses what could not be called.</summary>
internal static class FunctionDefinition
{
    // The Functions host keeps these first segments to itself.
    private static readonly string[] ReservedSegments = ["admin", "runtime"];

    public static object Read(string name, MethodInfo method, string routePrefix)
    {
        if (method.IsStatic || !method.IsPublic || method.DeclaringType is not { IsAbstract: false })
            throw Refused(name, method, "a function is a public instance method of a class that is not abstract");

        foreach (var parameter in method.GetParameters())
        {
            if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http) return Http(name, method, http, routePrefix);
            if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer) return Timer(name, method, timer);
        }

        throw Refused(name, method, "it has no parameter with [HttpTrigger] or [TimerTrigger]");
    }

    public static CacheException Refused(string name, MethodInfo method, string problem) => new(
        ErrorCode.Internal, $"Function {name} ({method.DeclaringType?.FullName}.{method.Name}): {problem}.");

    private static HttpFunction Http(string name, MethodInfo method, HttpTriggerAttribute trigger, string routePrefix)
    {
        if (trigger.Route is null) throw Refused(name, method, "its HttpTrigger has no Route");
        if (trigger.AuthLevel is AuthorizationLevel.User or AuthorizationLevel.System)
            throw Refused(name, method, $"the level {trigger.AuthLevel} is not supported; take Anonymous, Function or Admin");

        var template = Parse(name, method, $"{routePrefix.Trim('/')}/{trigger.Route.Trim('/')}".Trim('/'));
        if (ReservedSegments.Contains(template.GetSegment(0)?.Parts[0].Text, StringComparer.OrdinalIgnoreCase))
            throw Refused(name, method, "routes that begin with admin or runtime belong to the Functions host");

        var function = new HttpFunction(name, template, trigger.Methods is { Length: > 0 } methods ? methods : null, trigger.AuthLevel, method);
        if (HttpInvoker.Problem(function) is { } problem) throw Refused(name, method, problem);
        return function;
    }

    private static TimerFunction Timer(string name, MethodInfo method, TimerTriggerAttribute trigger) =>
        TimerInvoker.Problem(method) is { } problem
            ? throw Refused(name, method, problem)
            : new TimerFunction(name, trigger.Schedule, trigger.RunOnStartup, trigger.UseMonitor, method);

    private static RouteTemplate Parse(string name, MethodInfo method, string route)
    {
        try
        {
            return TemplateParser.Parse(route);
        }
        catch (ArgumentException e)
        {
            throw Refused(name, method, $"its route '{route}' cannot be read: {e.Message}");
        }
    }
}
