using System.Collections.Frozen;
using System.Diagnostics;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using static CacheFunctions.Observability.Telemetry;

namespace CacheFunctions.Observability;

/// <summary>
/// Completes the server's own span of a request, which goes on with the caller's <c>traceparent</c>, and its metric, with what the server leaves
/// out. Of the address only the path, never what follows it: that may be a permission.
/// </summary>
internal sealed class RequestTrace : IStartupFilter
{
    private static readonly FrozenSet<string> Methods = FrozenSet.Create("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((HttpContext context, RequestDelegate then) =>
        {
            RequestId.Ensure(context);
            return Heard is { } span ? TraceAsync(context, then, span) : then(context);
        });
        next(app);
    };

    /// <summary>Names what is called; the server knows no functions.</summary>
    public static void Called(HttpContext context, FunctionTraits function)
    {
        // Metrics may be heard where spans are not. Not by Get, which costs every request the search for a generic virtual method.
        if (context.Features[typeof(IHttpMetricsTagsFeature)] is IHttpMetricsTagsFeature metric && function.Route is { } called)
            metric.Tags.Add(Tag(Attributes.Route, called));
        if (Heard is not { } span || function.Route is not { } route) return;
        span.DisplayName = $"{context.Request.Method} {route}";
        span.SetTag(Attributes.Route, route);
    }

    // Where its log is turned up the server also makes one for that alone, which nobody hears.
    private static Activity? Heard => Activity.Current is { IsAllDataRequested: true } span && span.Source.HasListeners() ? span : null;

    private static async Task TraceAsync(HttpContext context, RequestDelegate next, Activity span)
    {
        var request = context.Request;
        var method = Methods.Contains(request.Method) ? request.Method : "_OTHER";
        span.DisplayName = method;
        span.SetTag(Attributes.Method, method).SetTag("url.scheme", request.Scheme).SetTag("url.path", request.Path.Value);
        await next(context);
        var status = context.Response.StatusCode;
        span.SetTag(Attributes.Status, status);
        if (status >= StatusCodes.Status500InternalServerError) span.SetTag(Attributes.Error, $"{status}").SetStatus(ActivityStatusCode.Error);
    }
}
