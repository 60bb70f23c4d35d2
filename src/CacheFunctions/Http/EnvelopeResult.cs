using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>Answers success in the envelope of every JSON answer of this service.</summary>
internal sealed class EnvelopeResult(int status, object data, string? message, DateTimeOffset timestamp) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        var body = new Dictionary<string, object?> { ["success"] = status < 400 };
        if (message is not null) body["message"] = message;
        body["data"] = data;
        body["timestamp"] = timestamp;
        return httpContext.Response.WriteAsJsonAsync(body, Json.Options, httpContext.RequestAborted);
    }
}
