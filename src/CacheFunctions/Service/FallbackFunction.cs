using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Service;

/// <summary>
/// Answers what fits no other function, in the envelope. The host tries functions in the order of their names, so
/// this one's name comes last.
/// </summary>
public sealed class FallbackFunction(Api api)
{
    [Function("ZzFallback")]
    public Task<IResult> Fallback(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")]
        HttpRequest request) =>
        api.RunAsync(request, call =>
        {
            var methods = RouteTable.MethodsOf(request.Path);
            if (methods.Count == 0)
                throw CacheException.NotFound($"There is nothing at {request.Path}. See docs/api.md for the paths.");
            request.HttpContext.Response.Headers.Allow = string.Join(", ", methods);
            throw new CacheException(
                ErrorCode.MethodNotAllowed, $"{request.Path} does not take {request.Method}; it takes {string.Join(", ", methods)}.");
        });
}
