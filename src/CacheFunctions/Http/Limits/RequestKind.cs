using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Http.Limits;

/// <summary>What a request makes the instance do; each kind has its own limit, so that none keeps the others out.</summary>
public enum RequestKind
{
    /// <summary>Records, as JSON.</summary>
    Light,

    /// <summary>Streams content in or out, as fast as its caller can.</summary>
    Content,

    /// <summary>May go on as a job, or reads a whole catalogue.</summary>
    Heavy,

    /// <summary>Tells how the instance is; never refused.</summary>
    Probe,
}

/// <summary>Tells the kind of each function from what it says of itself.</summary>
internal static class RequestKinds
{
    private static readonly FrozenDictionary<string, RequestKind> All = typeof(RequestKinds).Assembly.GetExportedTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToFrozenDictionary(method => method.GetCustomAttribute<FunctionAttribute>()!.Name, Of);

    /// <param name="function">Its name, which is its method's.</param>
    public static RequestKind Of(string function) => All.GetValueOrDefault(function, RequestKind.Light);

    private static RequestKind Of(MethodInfo method)
    {
        var answers = method.GetCustomAttribute<AnswersAttribute>();
        if (answers is null) return RequestKind.Light;
        if (answers.IsProbe) return RequestKind.Probe;
        if (answers.Ranges || AcceptsAttribute.Of(method).Content) return RequestKind.Content;
        // Content that knows no ranges is made while it is sent: an export.
        return answers.Accepted is not null || answers.Content is not null ? RequestKind.Heavy : RequestKind.Light;
    }
}
