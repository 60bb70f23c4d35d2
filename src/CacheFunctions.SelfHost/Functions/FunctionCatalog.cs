using System.Reflection;
using CacheFunctions.Errors;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>The functions of the app, found by their attributes as the Functions host finds them.</summary>
public sealed class FunctionCatalog
{
    private FunctionCatalog(IEnumerable<HttpFunction> http, IReadOnlyList<TimerFunction> timers)
    {
        Http = [.. http.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)];
        Timers = timers;
    }

    /// <summary>In the order of their names, in which the Functions host matches them.</summary>
    public IReadOnlyList<HttpFunction> Http { get; }

    public IReadOnlyList<TimerFunction> Timers { get; }

    /// <exception cref="CacheException">Functions that the Functions host would refuse, or that it would treat otherwise than this one.</exception>
    /// <param name="types">The classes to look for functions in.</param>
    public static FunctionCatalog Of(IEnumerable<Type> types, string routePrefix)
    {
        const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var http = new List<HttpFunction>();
        var timers = new List<TimerFunction>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in types.SelectMany(type => type.GetMethods(any)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute) continue;
            if (!names.Add(attribute.Name)) throw FunctionDefinition.Refused(attribute.Name, method, "another function has the same name");
            switch (FunctionDefinition.Read(attribute.Name, method, routePrefix))
            {
                case HttpFunction function: http.Add(function); break;
                case TimerFunction timer: timers.Add(timer); break;
            }
        }

        return new FunctionCatalog(http, timers);
    }

    /// <summary>For tests about routes alone.</summary>
    internal static FunctionCatalog Of(IEnumerable<HttpFunction> functions) => new(functions, []);
}
