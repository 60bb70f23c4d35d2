using System.Net;
using Polly;
using Polly.Retry;

namespace CacheFunctions.Client;

/// <summary>
/// Sends again what is safe to be sent again: after 429 and 503 what can be repeated at all, and after a broken connection what has one
/// effect, however often it comes. Never sooner than Retry-After says.
/// </summary>
internal static class Retries
{
    public static readonly ResiliencePropertyKey<Call> CallKey = new("call");

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    public static ResiliencePipeline<HttpResponseMessage> Of(CacheClientOptions options)
    {
        if (options.MaxTries is < 1 or > 20) throw new ArgumentException("MaxTries must be from 1 to 20.", nameof(options));
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.Time };
        if (options.MaxTries == 1) return builder.Build();
        return builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = options.MaxTries - 1,
            Delay = FirstPause,
            MaxDelay = options.MaxPause,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = each => ValueTask.FromResult(
                each.Context.Properties.TryGetValue(CallKey, out var call) && IsWorthIt(call, each.Outcome, options)),
            DelayGenerator = each => ValueTask.FromResult(each.Outcome.Result is { } answer ? RetryAfter(answer, options.Time) : null),
            OnRetry = each =>
            {
                each.Outcome.Result?.Dispose();
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <returns>null: the answer does not say.</returns>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider time) => answer.Headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private static bool IsWorthIt(Call call, Polly.Outcome<HttpResponseMessage> outcome, CacheClientOptions options)
    {
        if (!call.Retries || !call.BodyRepeats || call.Method == HttpMethod.Patch) return false;
        if (outcome.Result is { } answer)
        {
            return answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                && !(RetryAfter(answer, options.Time) > options.MaxPause);
        }

        return outcome.Exception is HttpRequestException && !call.IsConditionalWrite;
    }
}
