using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Http;

/// <summary>Turns whatever was thrown into an answer: the envelope, and of a bug only where to look it up.</summary>
public sealed class ErrorAnswers(TimeProvider time, ILogger<ErrorAnswers> logger)
{
    public Task AnswerAsync(HttpContext context, Exception exception)
    {
        // The caller has gone; there is nobody to tell, and what broke because of that concerns nobody.
        if (context.RequestAborted.IsCancellationRequested) return Task.CompletedTask;
        var error = Explain(exception, RequestId.Ensure(context));
        if (!context.Response.HasStarted) return new ErrorResult(error, time).ExecuteAsync(context);
        // The caller must not take what it got for the whole.
        context.Abort();
        return Task.CompletedTask;
    }

    private CacheException Explain(Exception exception, string requestId)
    {
        switch (exception)
        {
            case CacheException error:
                if (ErrorStatus.Of(error.Code) >= StatusCodes.Status500InternalServerError)
                    logger.LogWarning(error, "Request {RequestId} could not be served", requestId);
                return error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new CacheException(ErrorCode.TooLarge, "The body is larger than this service takes in one request (Http:MaxBodyBytes).");
            case BadHttpRequestException bad:
                return new CacheException(ErrorCode.InvalidArgument, $"The request is malformed: {bad.Message}");
            // The server's own, of a chunk whose length is no number it could hold.
            case IOException { InnerException: OverflowException }:
                return new CacheException(ErrorCode.InvalidArgument, "The request is malformed: a chunk of the body is too long.");
            default:
                logger.LogError(exception, "Request {RequestId} failed", requestId);
                return new CacheException(ErrorCode.Internal, $"An error of this service. Its log tells more about request {requestId}.");
        }
    }
}
