using CacheFunctions.Http;
using CacheFunctions.SelfHost.Functions.Routing;
using CacheFunctions.SelfHost.Functions.Timers;
using CacheFunctions.Timers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>Runs function classes on Kestrel by the rules of the Functions host.</summary>
public static class FunctionHostExtensions
{
    /// <summary>
    /// Timer functions also need an <see cref="ITimerState"/>. Hosted services added before this one are started before the timers.
    /// </summary>
    public static IServiceCollection AddFunctionHost(this IServiceCollection services, FunctionCatalog catalog) =>
        services.AddFunctionHost(_ => catalog);

    /// <param name="functionClasses">The classes to look for functions in.</param>
    public static IServiceCollection AddFunctionHost(this IServiceCollection services, IEnumerable<Type> functionClasses) => services.AddFunctionHost(
        provider => FunctionCatalog.Of(
            functionClasses, HostJson.RoutePrefix(provider.GetRequiredService<IHostEnvironment>().ContentRootPath, AppContext.BaseDirectory)));

    /// <summary>Ends the pipeline: what no function fits is answered 404 or 405 in the envelope.</summary>
    /// <exception cref="Errors.CacheException">A function that the Functions host would refuse.</exception>
    public static void UseFunctionHost(this IApplicationBuilder app)
    {
        // Made here, not by the first request: what is wrong with a function stops the start.
        var dispatcher = app.ApplicationServices.GetRequiredService<HttpDispatcher>();
        if (!app.ApplicationServices.GetRequiredService<CustomHandler>().IsOn)
        {
            app.Run(dispatcher.InvokeAsync);
            return;
        }

        var timers = app.ApplicationServices.GetRequiredService<CustomHandlerTimers>();
        app.Run(async context =>
        {
            if (!await timers.TryAnswerAsync(context).ConfigureAwait(false)) await dispatcher.InvokeAsync(context).ConfigureAwait(false);
        });
    }

    private static IServiceCollection AddFunctionHost(this IServiceCollection services, Func<IServiceProvider, FunctionCatalog> read)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(read);
        services.AddSingleton<FunctionRouter>();
        services.AddSingleton<FunctionKeys>();
        services.AddSingleton<OpenAccess>();
        services.TryAddSingleton<ErrorAnswers>();
        services.AddSingleton<HttpDispatcher>();
        services.AddSingleton<CustomHandler>();
        services.AddSingleton<CustomHandlerTimers>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<CustomHandler>());
        services.AddHostedService(provider => provider.GetRequiredService<OpenAccess>());
        services.AddHostedService<TimerHost>();
        return services;
    }
}
