using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Calls a timer function.</summary>
internal delegate Task TimerInvocation(object target, TimerInfo timer, CancellationToken cancellationToken);

/// <summary>Compiles the call of a timer function.</summary>
internal static class TimerInvoker
{
    /// <returns>Why this method cannot be called; null: it can.</returns>
    public static string? Problem(MethodInfo method)
    {
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.ParameterType != typeof(TimerInfo) && parameter.ParameterType != typeof(CancellationToken))
                return $"parameter {parameter.Name} is a {parameter.ParameterType.Name}; TimerInfo and CancellationToken can be bound";
        }

        return method.ReturnType == typeof(Task) ? null : $"it returns {method.ReturnType.Name}; a timer function returns Task";
    }

    public static TimerInvocation Compile(MethodInfo method)
    {
        var target = Expression.Parameter(typeof(object));
        var timer = Expression.Parameter(typeof(TimerInfo));
        var cancellation = Expression.Parameter(typeof(CancellationToken));
        var arguments = method.GetParameters().Select(parameter => parameter.ParameterType == typeof(TimerInfo) ? timer : cancellation);
        var call = Expression.Call(Expression.Convert(target, method.DeclaringType!), method, arguments);
        return Expression.Lambda<TimerInvocation>(call, target, timer, cancellation).Compile();
    }
}
