using CacheFunctions.Callers;
using CacheFunctions.Errors;
using CacheFunctions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Http;

/// <summary>
/// What every endpoint shares, under every host: the caller, refused parameters, errors in the envelope, the request
/// id, and a log line with what the request cost in storage transactions.
/// </summary>
public sealed class Api(CallerResolver callers, StorageTransactions transactions, TimeProvider time, ILogger<Api> logger)
{
    /// <param name="parameters">The query parameters that the endpoint knows; any other is refused.</param>
    public async Task<IResult> RunAsync(HttpRequest request, Func<ApiCall, Task<IResult>> handle, params string[] parameters)
    {
        var requestId = RequestId.Ensure(request.HttpContext);
        var counts = transactions.BeginRequest();
        var start = time.GetTimestamp();
        var result = await HandleAsync(request, handle, parameters, requestId);
        return new Measured(result, () => logger.LogInformation(
            "{Method} {Path} {Status} in {Milliseconds} ms, request {RequestId}, storage: {Storage}",
            request.Method,
            request.Path.Value,
            request.HttpContext.Response.StatusCode,
            (long)time.GetElapsedTime(start).TotalMilliseconds,
            requestId,
            counts()));
    }

    private async Task<IResult> HandleAsync(
        HttpRequest request, Func<ApiCall, Task<IResult>> handle, string[] parameters, string requestId)
    {
        try
        {
            var query = new QueryReader(request.Query, parameters);
            var caller = await callers.ResolveAsync(request, request.HttpContext.RequestAborted);
            return await handle(new ApiCall(request, caller, query, time));
        }
        catch (OperationCanceledException) when (request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (Exception error)
        {
            return new ErrorResult(Explain(error, requestId), time);
        }
    }

    private CacheException Explain(Exception error, string requestId)
    {
        switch (error)
        {
            case CacheException known:
                if (known.Code is ErrorCode.Unavailable) logger.LogWarning(known, "Request {RequestId} could not be served.", requestId);
                return known;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new CacheException(ErrorCode.TooLarge, "The body is larger than this host takes in one request.");
            case BadHttpRequestException bad:
                return new CacheException(ErrorCode.InvalidArgument, $"The request is malformed: {bad.Message}");
            default:
                logger.LogError(error, "Request {RequestId} failed.", requestId);
                return new CacheException(
                    ErrorCode.Internal, $"An error of this service. Tell its operator the request id {requestId}.");
        }
    }

    /// <summary>The line is written when the answer has been sent, so that it tells the whole cost.</summary>
    private sealed class Measured(IResult inner, Action finished) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            try
            {
                await inner.ExecuteAsync(httpContext);
            }
            finally
            {
                finished();
            }
        }
    }
}
