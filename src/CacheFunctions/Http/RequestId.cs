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
        var id = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        headers[Header] = id;
        return id;
    }
}
