using System.Reflection;

namespace CacheFunctions.Http;

/// <summary>What a function takes besides its route. The one place that says it: requests are checked against it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsAttribute : Attribute
{
    private static readonly AcceptsAttribute Nothing = new();

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

    public static AcceptsAttribute Of(MethodInfo? method) => method?.GetCustomAttribute<AcceptsAttribute>() ?? Nothing;
}
