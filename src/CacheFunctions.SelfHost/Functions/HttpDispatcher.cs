using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.SelfHost.Functions.Routing;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Takes an HTTP request to its function and the function's answer back.</summary>
internal sealed class HttpDispatcher
{
    private readonly FunctionRouter _router;
    private readonly FunctionKeys _keys;
    private readonly OpenAccess _open;
    private readonly ErrorAnswers _errors;
    // By identity: comparing the records would compare all that is in them.
    private readonly Dictionary<HttpFunction, Target> _targets;

    public HttpDispatcher(
        FunctionCatalog catalog, FunctionRouter router, FunctionKeys keys, OpenAccess open, ErrorAnswers errors, IServiceProvider services)
    {
        (_router, _keys, _open, _errors) = (router, keys, open, errors);
        _targets = new Dictionary<HttpFunction, Target>(ReferenceEqualityComparer.Instance);
        foreach (var function in catalog.Http)
            _targets[function] = new Target(FunctionActivator.For(function.Method.DeclaringType!), HttpInvoker.Of(function.Method), services);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            DotSegments.Refuse(context);
            var path = context.Request.Path.Value ?? "";
            var (function, route) = _router.Find(context.Request.Method, path) ?? throw NotFound(context, path);
            if (_open.NeedsKey(context.Request)) _keys.Check(context.Request, function);

            var result = await _targets[function].InvokeAsync(context, route).ConfigureAwait(false);
            if (result is not null) await result.ExecuteAsync(context).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // This is the one place where what a function throws becomes an answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _errors.AnswerAsync(context, e).ConfigureAwait(false);
        }
    }

    private CacheException NotFound(HttpContext context, string path)
    {
        if (_router.VerbsOf(path) is not { Count: > 0 } verbs) return CacheException.NotFound("There is nothing at this path.");
        var allowed = string.Join(", ", verbs);
        context.Response.Headers.Allow = allowed;
        return new CacheException(ErrorCode.MethodNotAllowed, $"{context.Request.Method} is not possible here; possible: {allowed}.");
    }

    /// <summary>A function on an object that its first call makes: all that functions need are singletons, so no call pays for a scope of its own.</summary>
    private sealed class Target(Func<IServiceProvider, object> activate, HttpInvocation invoke, IServiceProvider services)
    {
        private object? _object;

        public ValueTask<IResult?> InvokeAsync(HttpContext context, RouteValueDictionary route) => invoke(_object ??= activate(services), context, route);
    }
}
