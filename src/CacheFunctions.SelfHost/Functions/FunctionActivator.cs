using System.Reflection;
using CacheFunctions.Errors;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Makes the object that a function is called on, unless its class is registered.</summary>
internal static class FunctionActivator
{
    /// <exception cref="CacheException">The class has no public constructor, or several.</exception>
    public static Func<IServiceProvider, object> For(Type type)
    {
        if (type.GetConstructors() is not [var constructor])
            throw new CacheException(ErrorCode.Internal, $"{type.FullName} must have one public constructor, which takes what its functions need.");
        var invoker = ConstructorInvoker.Create(constructor);
        var needed = constructor.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return services =>
        {
            if (services.GetService(type) is { } registered) return registered;
            var arguments = new object?[needed.Length];
            for (var i = 0; i < needed.Length; i++) arguments[i] = services.GetRequiredService(needed[i]);
            return invoker.Invoke(arguments.AsSpan());
        };
    }
}
