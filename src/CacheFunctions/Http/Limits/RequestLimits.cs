using System.Threading.RateLimiting;
using CacheFunctions.Errors;

namespace CacheFunctions.Http.Limits;

/// <summary>How many requests of each kind an instance works on at once.</summary>
public sealed record LimitSettings
{
    /// <summary>From 1 to 100,000.</summary>
    public int Light { get; init; } = 512;

    /// <summary>From 1 to 100,000. An upload holds up to 8 MiB, so this many times 8 MiB must be there.</summary>
    public int Content { get; init; } = 128;

    /// <summary>From 1 to 100,000.</summary>
    public int Heavy { get; init; } = 64;
}

/// <summary>
/// Refuses what is too much at once, so that memory stays bounded and what was begun is done in good time. Nothing waits here: a caller
/// that is told 429 comes again, perhaps to an instance with room.
/// </summary>
public sealed class RequestLimits(LimitSettings settings) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _light = New(settings.Light);
    private readonly ConcurrencyLimiter _content = New(settings.Content);
    private readonly ConcurrencyLimiter _heavy = New(settings.Heavy);

    /// <returns>To be disposed of when the request has been answered to its end; null: it is not counted.</returns>
    /// <exception cref="CacheException">Throttled: as many of its kind are under way as may be.</exception>
    public IDisposable? Enter(RequestKind kind)
    {
        if (kind == RequestKind.Probe) return null;
        var (limiter, limit, setting) = kind switch
        {
            RequestKind.Light => (_light, settings.Light, nameof(settings.Light)),
            RequestKind.Content => (_content, settings.Content, nameof(settings.Content)),
            RequestKind.Heavy => (_heavy, settings.Heavy, nameof(settings.Heavy)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        var lease = limiter.AttemptAcquire();
        if (lease.IsAcquired) return lease;
        lease.Dispose();
        throw new CacheException(
            ErrorCode.Throttled, $"This instance is at work on {limit} requests of this kind, which is as many as it takes at once (Limits:{setting}). Try again.")
        {
            RetryAfter = RetryAfter,
        };
    }

    public void Dispose()
    {
        _light.Dispose();
        _content.Dispose();
        _heavy.Dispose();
    }

    private static ConcurrencyLimiter New(int limit) => new(new ConcurrencyLimiterOptions { PermitLimit = limit, QueueLimit = 0 });
}
