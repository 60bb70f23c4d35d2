using CacheFunctions.Errors;
using CacheFunctions.Http;

namespace CacheFunctions.SelfHost.Functions;

/// <summary>What a caller sees of an exception: the envelope, and of a bug only where to look it up.</summary>
internal sealed class FunctionErrors(TimeProvider time, ILogger<FunctionErrors> logger)
{
    // What describes a body that will now not be sent. Other headers (CORS, the request id) hold for the error too.
    private static readonly string[] BodyHeaders =
    [
        "Content-Type", "Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition", "ETag",
        "Last-Modified", "Cache-Control", "Expires", "Accept-Ranges", "Repr-Digest", "Content-Digest",
    ];

    public Task AnswerAsync(HttpContext context, Exception exception, string function)
    {
        // The caller has gone; what broke because of that concerns nobody.
        if (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException) return Task.CompletedTask;

        var error = ErrorOf(context, exception, function);
        if (context.Response.HasStarted)
        {
            // The caller must not take what it got for the whole.
            context.Abort();
            return Task.CompletedTask;
        }

        foreach (var name in BodyHeaders) context.Response.Headers.Remove(name);
        if (exception is BadHttpRequestException bad)
        {
            context.Response.OnStarting(() =>
            {
                context.Response.StatusCode = bad.StatusCode;
                return Task.CompletedTask;
            });
        }

        return new ErrorResult(error, time).ExecuteAsync(context);
    }

    private CacheException ErrorOf(HttpContext context, Exception exception, string function)
    {
        var requestId = context.Response.Headers["x-request-id"] is [{ Length: > 0 } id, ..] ? id : context.TraceIdentifier;
        switch (exception)
        {
            case CacheException error when ErrorStatus.Of(error.Code) < StatusCodes.Status500InternalServerError:
                if (context.Response.HasStarted) logger.LogWarning(error, "Function {Function} failed in mid-response, request {RequestId}", function, requestId);
                return error;
            case CacheException error:
                logger.LogWarning(error, "Function {Function} could not do its work, request {RequestId}", function, requestId);
                return error;
            case BadHttpRequestException bad:
                return new CacheException(CodeOf(bad.StatusCode), bad.Message);
            default:
                logger.LogError(exception, "Function {Function} failed, request {RequestId}", function, requestId);
                return new CacheException(ErrorCode.Internal, $"Something went wrong inside the service. Its log tells more about request {requestId}.");
        }
    }

    private static ErrorCode CodeOf(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => ErrorCode.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => ErrorCode.UnsupportedMediaType,
        _ => ErrorCode.InvalidArgument,
    };
}
