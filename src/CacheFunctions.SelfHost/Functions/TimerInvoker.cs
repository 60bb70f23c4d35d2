using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Calls a timer function.</summary>
internal delegate Task TimerInvocation(object target, TimerInfo timer, CancellationToken cancellationToken);

/// <summary>Makes the call of a timer function.</summary>
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

    public static TimerInvocation Of(MethodInfo method)
    {
        var (invoker, parameters) = (MethodInvoker.Create(method), method.GetParameters());
        return (target, timer, cancellation) =>
        {
            object?[] arguments = [.. parameters.Select(parameter => parameter.ParameterType == typeof(TimerInfo) ? timer : (object)cancellation)];
            return (Task)invoker.Invoke(target, arguments.AsSpan())!;
        };
    }
}
