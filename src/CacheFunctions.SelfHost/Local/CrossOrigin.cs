using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Settings;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace CacheFunctions.SelfHost.Local;

/// <summary>The setting <c>Cors:Origins</c>: the browser origins allowed, separated by commas.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Exposed =
    [
        "ETag", "Location", "Content-Range", "Content-Disposition", "Repr-Digest", "Retry-After", "x-request-id",
        "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires",
    ];

    /// <exception cref="Errors.CacheException">An entry is not an origin.</exception>
    public static void Add(IServiceCollection services, SettingsReader read)
    {
        var origins = (read.Text("Cors:Origins") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var origin in origins)
        {
            if (origin == "*") continue;
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
                throw SettingsReader.Wrong("Cors:Origins", $"has '{origin}'; each must be * or like https://app.example.com, without a path.");
        }

        services.AddCors(options => options.AddDefaultPolicy(policy =>
            policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed)));
    }

    /// <summary>Answers browsers that ask for another page's sake. Who names no origin is none of them, and pays nothing for it.</summary>
    public static void UsePolicy(WebApplication app) =>
        app.UseWhen(context => context.Request.Headers.Origin.Count > 0, asking => asking.Use(next =>
        {
            // The framework would compile a call to it at each start.
            var cors = new CorsMiddleware(next, app.Services.GetRequiredService<ICorsService>(), app.Services.GetRequiredService<ILoggerFactory>());
            var policies = app.Services.GetRequiredService<ICorsPolicyProvider>();
            return context => cors.Invoke(context, policies);
        }));

    /// <summary>Browsers let any page open a WebSocket anywhere, so the service itself looks from where it is opened.</summary>
    public static void UseWebSockets(WebApplication app)
    {
        var errors = app.Services.GetRequiredService<ErrorAnswers>();
        app.UseWhen(AsksForAnotherProtocol, asking =>
        {
            asking.UseWebSockets();
            asking.Use(async (context, next) =>
            {
                var origin = context.Request.Headers.Origin.ToString();
                if (!context.WebSockets.IsWebSocketRequest || origin.Length == 0 || await IsAllowedAsync(context, origin))
                {
                    await next(context);
                    return;
                }

                var error = new CacheException(ErrorCode.Forbidden, $"Origin: '{origin}' may not open a WebSocket here. Allow it in Cors:Origins.");
                await errors.AnswerAsync(context, error);
            });
        });
    }

    // Upgrade in HTTP/1.1 (RFC 6455), CONNECT in HTTP/2 (RFC 8441). Nothing else pays for what a WebSocket needs.
    private static bool AsksForAnotherProtocol(HttpContext context) =>
        context.Request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(context.Request.Method);

    private static async Task<bool> IsAllowedAsync(HttpContext context, string origin)
    {
        if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == context.Request.Host.Value) return true;
        var policies = context.RequestServices.GetRequiredService<ICorsPolicyProvider>();
        return await policies.GetPolicyAsync(context, null) is { } policy && (policy.AllowAnyOrigin || policy.IsOriginAllowed(origin));
    }
}
