using System.Linq.Expressions;
using System.Reflection;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Calls an HTTP function.</summary>
/// <returns>Null: the function wrote the response itself.</returns>
internal delegate Task<IResult?> HttpInvocation(object target, HttpContext context, RouteValueDictionary route);

/// <summary>Compiles the call of an HTTP function: its parameters from the request, what it returns to a result.</summary>
internal static class HttpInvoker
{
    private static readonly Dictionary<Type, string> RouteReaders = new()
    {
        [typeof(string)] = nameof(RouteArgument.Text),
        [typeof(int)] = nameof(RouteArgument.Int32),
        [typeof(long)] = nameof(RouteArgument.Int64),
        [typeof(Guid)] = nameof(RouteArgument.Uuid),
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
            ? $"it returns {function.Method.ReturnType.Name}; Task<IResult>, IResult and Task are understood"
            : null;
    }

    public static HttpInvocation Compile(MethodInfo method)
    {
        var target = Expression.Parameter(typeof(object));
        var context = Expression.Parameter(typeof(HttpContext));
        var route = Expression.Parameter(typeof(RouteValueDictionary));
        var arguments = method.GetParameters().Select(parameter => Argument(parameter, context, route));
        var call = Expression.Call(Expression.Convert(target, method.DeclaringType!), method, arguments);
        return Expression.Lambda<HttpInvocation>(Expression.Call(ResultOf(method.ReturnType)!, call), target, context, route).Compile();
    }

    private static Expression Argument(ParameterInfo parameter, Expression context, Expression route) => parameter.ParameterType switch
    {
        var type when type == typeof(HttpRequest) => Expression.Property(context, nameof(HttpContext.Request)),
        var type when type == typeof(CancellationToken) => Expression.Property(context, nameof(HttpContext.RequestAborted)),
        var type => Expression.Call(typeof(RouteArgument), RouteReaders[type], null, route, Expression.Constant(parameter.Name)),
    };

    private static MethodInfo? ResultOf(Type returned)
    {
        const BindingFlags own = BindingFlags.NonPublic | BindingFlags.Static;
        if (typeof(IResult).IsAssignableFrom(returned)) return typeof(HttpInvoker).GetMethod(nameof(OfResult), own);
        if (returned == typeof(Task)) return typeof(HttpInvoker).GetMethod(nameof(OfTaskAsync), own);
        return returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Task<>)
            && returned.GetGenericArguments()[0] is { IsValueType: false } result && typeof(IResult).IsAssignableFrom(result)
            ? typeof(HttpInvoker).GetMethod(nameof(OfTaskOfAsync), own)!.MakeGenericMethod(result)
            : null;
    }

    private static Task<IResult?> OfResult(IResult? result) => Task.FromResult(result);

    private static async Task<IResult?> OfTaskAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static async Task<IResult?> OfTaskOfAsync<T>(Task<T> task)
        where T : class, IResult => await task.ConfigureAwait(false);
}
