using CacheFunctions.Callers;
using CacheFunctions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Http;

/// <summary>
/// What every endpoint shares, under every host: the caller, refused parameters, errors in the envelope, the request
/// id, and a log line with what the request cost in storage transactions.
/// </summary>
public sealed class Api(
    CallerResolver callers, StorageTransactions transactions, ErrorAnswers errors, TimeProvider time, ILogger<Api> logger)
{
    /// <param name="parameters">The query parameters that the endpoint knows; any other is refused.</param>
    public Task<IResult> RunAsync(HttpRequest request, Func<ApiCall, Task<IResult>> handle, params string[] parameters) =>
        Task.FromResult<IResult>(new Endpoint(this, request, handle, parameters));

    private async Task AnswerAsync(HttpRequest request, Func<ApiCall, Task<IResult>> handle, string[] parameters)
    {
        var context = request.HttpContext;
        var requestId = RequestId.Ensure(context);
        var counts = transactions.BeginRequest();
        var start = time.GetTimestamp();
        try
        {
            var query = new QueryReader(request.Query, parameters);
            var caller = await callers.ResolveAsync(request, context.RequestAborted);
            var result = await handle(new ApiCall(request, caller, query, time));
            await result.ExecuteAsync(context);
        }
        catch (Exception error)
        {
            await errors.AnswerAsync(context, error);
        }

        logger.LogInformation(
            "{Method} {Path} {Status} in {Milliseconds} ms, request {RequestId}, storage: {Storage}",
            request.Method,
            request.Path.Value,
            context.Response.StatusCode,
            (long)time.GetElapsedTime(start).TotalMilliseconds,
            requestId,
            counts());
    }

    /// <summary>All of a request's work, done where its host sends the answer: so one place sees all errors and all costs.</summary>
    private sealed class Endpoint(Api api, HttpRequest request, Func<ApiCall, Task<IResult>> handle, string[] parameters) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => api.AnswerAsync(request, handle, parameters);
    }
}
