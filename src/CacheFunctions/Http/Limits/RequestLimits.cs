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
/// that is told 429 comes again, perhaps to an instance with room. Every request comes through here, so that it takes no lock and
/// allocates nothing.
/// </summary>
public sealed class RequestLimits(LimitSettings settings)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Places _light = new(settings.Light, nameof(settings.Light));
    private readonly Places _content = new(settings.Content, nameof(settings.Content));
    private readonly Places _heavy = new(settings.Heavy, nameof(settings.Heavy));

    /// <returns>To be disposed of, once, when the request has been answered to its end.</returns>
    /// <exception cref="CacheException">Throttled: as many of its kind are under way as may be.</exception>
    public Admission Enter(RequestKind kind)
    {
        var places = kind switch
        {
            RequestKind.Light => _light,
            RequestKind.Content => _content,
            RequestKind.Heavy => _heavy,
            RequestKind.Probe => null,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        places?.Take();
        return new Admission(places);
    }

    /// <summary>A request that is worked on.</summary>
    public readonly struct Admission : IDisposable
    {
        private readonly Places? _places;

        internal Admission(Places? places) => _places = places;

        public void Dispose() => _places?.GiveBack();
    }

    internal sealed class Places(int limit, string setting)
    {
        private int _taken;

        public void Take()
        {
            if (Interlocked.Increment(ref _taken) <= limit) return;
            GiveBack();
            throw new CacheException(
                ErrorCode.Throttled, $"This instance is at work on {limit} requests of this kind, which is as many as it takes at once (Limits:{setting}). Try again.")
            {
                RetryAfter = RetryAfter,
            };
        }

        public void GiveBack() => Interlocked.Decrement(ref _taken);
    }
}
