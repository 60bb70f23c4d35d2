using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Http;

/// <summary>What a function takes besides its route. The one place that says it: requests are checked against it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsAttribute : Attribute
{
    private static readonly AcceptsAttribute Nothing = new();

    private static readonly FrozenDictionary<string, AcceptsAttribute> All = typeof(AcceptsAttribute).Assembly.GetExportedTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToFrozenDictionary(method => method.GetCustomAttribute<FunctionAttribute>()!.Name, Of);

    /// <summary>The query parameters that it knows; any other is refused.</summary>
    public string[] Query { get; set; } = [];

    /// <summary>The request headers that it acts on.</summary>
    public string[] Headers { get; set; } = [];

    /// <summary>The type of its JSON body; null: it reads none.</summary>
    public Type? Body { get; set; }

    /// <summary>Whether the body may be left out.</summary>
    public bool BodyIsOptional { get; set; }

    /// <summary>Whether the body is content: any bytes.</summary>
    public bool Content { get; set; }

    /// <param name="function">Its name, which is its method's.</param>
    internal static AcceptsAttribute Of(string function) => All.GetValueOrDefault(function, Nothing);

    public static AcceptsAttribute Of(MethodInfo method) => method.GetCustomAttribute<AcceptsAttribute>() ?? Nothing;
}
