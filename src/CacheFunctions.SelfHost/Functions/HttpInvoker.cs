using System.Reflection;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Calls an HTTP function.</summary>
/// <returns>Null: the function wrote the response itself.</returns>
internal delegate ValueTask<IResult?> HttpInvocation(object target, HttpContext context, RouteValueDictionary route);

/// <summary>
/// Makes the call of an HTTP function: its parameters from the request, what it returns to a result. Nothing is compiled for it: for
/// a hundred functions that was a third of a cold start.
/// </summary>
internal static class HttpInvoker
{
    private static readonly Dictionary<Type, Func<RouteValueDictionary, string, object?>> RouteReaders = new()
    {
        [typeof(string)] = RouteArgument.Text,
        [typeof(int)] = (route, name) => RouteArgument.Int32(route, name),
        [typeof(long)] = (route, name) => RouteArgument.Int64(route, name),
        [typeof(Guid)] = (route, name) => RouteArgument.Uuid(route, name),
    };

    /// <returns>Why this function cannot be called; null: it can.</returns>
    public static string? Problem(HttpFunction function)
    {
        foreach (var parameter in function.Method.GetParameters())
        {
            if (parameter.ParameterType == typeof(HttpRequest) || parameter.ParameterType == typeof(CancellationToken)) continue;
            if (!RouteReaders.ContainsKey(parameter.ParameterType))
                return $"parameter {parameter.Name} is a {parameter.ParameterType.Name}; HttpRequest, CancellationToken, and string, int, long and Guid from the route can be bound";
            if (function.Template.GetParameter(parameter.Name!) is null)
                return $"parameter {parameter.Name} is not in its route";
        }

        return ResultOf(function.Method.ReturnType) is null
            ? $"it returns {function.Method.ReturnType.Name}; IResult, Task<IResult> and Task are understood"
            : null;
    }

    public static HttpInvocation Of(MethodInfo method)
    {
        var (invoker, result) = (MethodInvoker.Create(method), ResultOf(method.ReturnType)!);
        var arguments = method.GetParameters().Select(Argument).ToArray();
        return (target, context, route) =>
        {
            var values = new object?[arguments.Length];
            for (var i = 0; i < values.Length; i++) values[i] = arguments[i](context, route);
            return result(invoker.Invoke(target, values.AsSpan()));
        };
    }

    private static Func<HttpContext, RouteValueDictionary, object?> Argument(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(HttpRequest)) return (context, _) => context.Request;
        if (parameter.ParameterType == typeof(CancellationToken)) return (context, _) => context.RequestAborted;
        var (read, name) = (RouteReaders[parameter.ParameterType], parameter.Name!);
        return (_, route) => read(route, name);
    }

    private static Func<object?, ValueTask<IResult?>>? ResultOf(Type returned)
    {
        if (typeof(IResult).IsAssignableFrom(returned)) return result => new((IResult?)result);
        if (returned == typeof(Task)) return task => OfTaskAsync((Task)task!);
        return returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Task<>)
            && returned.GetGenericArguments()[0] is { IsValueType: false } result && typeof(IResult).IsAssignableFrom(result)
            ? typeof(HttpInvoker).GetMethod(nameof(OfTaskOfAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(result)
                .CreateDelegate<Func<object?, ValueTask<IResult?>>>()
            : null;
    }

    private static async ValueTask<IResult?> OfTaskAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<IResult?> OfTaskOfAsync<T>(object? task)
        where T : class, IResult => await ((Task<T>)task!).ConfigureAwait(false);
}
