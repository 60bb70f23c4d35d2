using System.Runtime.CompilerServices;
using CacheFunctions.Callers;
using CacheFunctions.Http.Limits;
using CacheFunctions.Idempotency;
using CacheFunctions.Observability;
using CacheFunctions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CacheFunctions.Http;

/// <summary>
/// What every endpoint shares, under every host: the caller, refused parameters, limits, errors in the envelope, and a log line with
/// what the request cost in storage transactions. <see cref="RequestTrace"/> has given it its id.
/// </summary>
public sealed partial class Api(
    CallerResolver callers,
    RequestKeys keys,
    RequestLimits limits,
    StorageTransactions transactions,
    ErrorAnswers errors,
    TimeProvider time,
    ILogger<Api> logger)
{
    private static readonly KeyValuePair<string, object?> Received = Telemetry.Tag(Telemetry.Attributes.Direction, "receive");

    /// <param name="function">Whose <see cref="AcceptsAttribute"/> says what it takes.</param>
    public IResult Run(
        HttpRequest request, Func<ApiCall, ValueTask<IResult>> handle, [CallerMemberName] string function = "") =>
        new Endpoint(this, request, handle, function);

    private async Task AnswerAsync(HttpRequest request, Func<ApiCall, ValueTask<IResult>> handle, string function)
    {
        var traits = FunctionTraits.Of(function);
        var (accepts, kind) = (traits.Accepts, traits.Kind);
        var context = request.HttpContext;
        RequestTrace.Called(context, traits);
        // What only the log tells is neither counted nor measured where nothing is logged.
        var counts = logger.IsEnabled(LogLevel.Information) ? transactions.BeginRequest() : null;
        var start = counts is null ? 0 : time.GetTimestamp();
        try
        {
            using var admitted = limits.Enter(kind);
            QueryEncoding.Check(request.QueryString);
            var query = new QueryReader(request.QueryString, accepts.Query);
            var identity = await callers.ResolveAsync(request, context.RequestAborted);
            var result = await handle(new ApiCall(request, identity, query, accepts, keys, time));
            await result.ExecuteAsync(context);
            if (kind == RequestKind.Content) Telemetry.ContentBytes.Add(request.ContentLength ?? 0, Received);
        }
        catch (Exception error)
        {
            await errors.AnswerAsync(context, error);
        }

        if (counts is null) return;
        LogAnswered(
            logger, request.Method, request.Path.Value, context.Response.StatusCode, (long)time.GetElapsedTime(start).TotalMilliseconds, RequestId.Ensure(context), counts);
    }

    [LoggerMessage(
        LogLevel.Information, "{Method} {Path} {Status} in {Milliseconds} ms, request {RequestId}, storage: {Storage}", SkipEnabledCheck = true)]
    private static partial void LogAnswered(
        ILogger logger, string method, string? path, int status, long milliseconds, string requestId, StorageCounts storage);

    /// <summary>All of a request's work, done where its host sends the answer: so one place sees all errors and all costs.</summary>
    private sealed class Endpoint(
        Api api, HttpRequest request, Func<ApiCall, ValueTask<IResult>> handle, string function) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => api.AnswerAsync(request, handle, function);
    }
}
