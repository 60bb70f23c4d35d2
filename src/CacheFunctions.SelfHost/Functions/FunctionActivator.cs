namespace CacheFunctions.SelfHost.Functions;

/// <summary>Makes the object that a function is called on: a new one for each call, unless its class is registered.</summary>
internal static class FunctionActivator
{
    public static Func<IServiceProvider, object> For(Type type)
    {
        var create = ActivatorUtilities.CreateFactory(type, []);
        return services => services.GetService(type) ?? create(services, null);
    }
}
