using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>The id under which a request is found in the logs: on every answer as <c>x-request-id</c>.</summary>
public static class RequestId
{
    private const string Header = "x-request-id";

    public static string Ensure(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (headers.TryGetValue(Header, out var existing)) return existing.ToString();
        var id = TraceOf(context).ToHexString();
        headers[Header] = id;
        return id;
    }

    /// <summary>The caller's, if it has one. While no exporter hears of requests, the server makes none.</summary>
    private static ActivityTraceId TraceOf(HttpContext context)
    {
        if (Activity.Current is { } span) return span.TraceId;
        return context.Request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, null, out var caller)
            ? caller.TraceId
            : ActivityTraceId.CreateRandom();
    }
}
