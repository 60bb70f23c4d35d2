using System.Globalization;
using System.Text.Json;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http;

/// <summary>Answers an error in the envelope of every error of this service.</summary>
public sealed class ErrorResult(CacheException error, TimeProvider time) : IResult
{
    private static readonly string[] ContentHeaders =
    [
        HeaderNames.AcceptRanges, HeaderNames.CacheControl, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding, HeaderNames.ContentLength,
        HeaderNames.ContentSecurityPolicy, HeaderNames.ContentType, HeaderNames.LastModified, "Repr-Digest",
    ];

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        // What described the content must not describe the error. But a 412 says what stands there now, and a 416 how long it is.
        foreach (var name in ContentHeaders) response.Headers.Remove(name);
        if (error.Code != ErrorCode.PreconditionFailed) response.Headers.Remove(HeaderNames.ETag);
        response.StatusCode = ErrorStatus.Of(error.Code);
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(httpContext.Request.Method)) return Task.CompletedTask;

        var body = new Dictionary<string, object?>
        {
            ["success"] = false,
            ["error"] = error.Message,
            ["code"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Code.ToString()),
            ["timestamp"] = time.GetUtcNow(),
        };
        if (error.Details is { Count: > 0 }) body["details"] = error.Details;
        return response.WriteAsJsonAsync(body, Json.Options, httpContext.RequestAborted);
    }
}
