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
    public static FunctionCatalog Of(IEnumerable<Assembly> assemblies, string routePrefix) =>
        Of(assemblies.SelectMany(assembly => assembly.GetTypes()), routePrefix, mustBeVisible: true);

    /// <inheritdoc cref="Of(IEnumerable{Assembly}, string)"/>
    /// <param name="types">The classes to look for functions in.</param>
    /// <param name="mustBeVisible">Whether functions of classes that are not public are refused, as the worker could not call them.</param>
    public static FunctionCatalog Of(IEnumerable<Type> types, string routePrefix, bool mustBeVisible = false)
    {
        const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var http = new List<HttpFunction>();
        var timers = new List<TimerFunction>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        // What the compiler makes of lambdas and async methods, which is most of an assembly's types, holds none.
        foreach (var method in types.Where(type => !type.Name.StartsWith('<')).SelectMany(type => type.GetMethods(any)))
        {
            // Asked first whether there is one, which is much cheaper than making it: most methods of an assembly are no functions.
            if (!method.IsDefined(typeof(FunctionAttribute)) || method.GetCustomAttribute<FunctionAttribute>() is not { } attribute) continue;
            if (mustBeVisible && !method.DeclaringType!.IsVisible) throw FunctionDefinition.Refused(attribute.Name, method, "its class is not public");
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
