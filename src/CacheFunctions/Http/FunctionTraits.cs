using System.Collections.Concurrent;
using System.Reflection;
using CacheFunctions.Http.Limits;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Http;

/// <summary>What a function says of itself by its attributes. Read when it is first called: to read all would delay each instance's first answer.</summary>
internal sealed class FunctionTraits
{
    private static readonly Dictionary<string, MethodInfo> Methods = FunctionClasses.All
        .SelectMany(type => type.GetMethods())
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .ToDictionary(method => method.Name);

    private static readonly ConcurrentDictionary<string, FunctionTraits> Read = [];

    private readonly MethodInfo? _method;
    private string? _route;

    private FunctionTraits(MethodInfo? method)
    {
        _method = method;
        Accepts = AcceptsAttribute.Of(method);
        Kind = RequestKinds.Of(Accepts, method?.GetCustomAttribute<AnswersAttribute>());
    }

    public AcceptsAttribute Accepts { get; }

    public RequestKind Kind { get; }

    /// <summary>As in the API's description; null: it is called by no request.</summary>
    public string? Route => _route ??= _method?.GetParameters()
        .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()?.Route)
        .OfType<string>()
        .Select(route => OpenApi.Route.Of(route).Path)
        .FirstOrDefault();

    /// <param name="function">Its name, which is its method's.</param>
    public static FunctionTraits Of(string function) => Read.GetOrAdd(function, static name => new FunctionTraits(Methods.GetValueOrDefault(name)));
}
