namespace CacheFunctions.Client;

/// <summary>As whom a client calls, and how patient it is.</summary>
public sealed record CacheClientOptions
{
    /// <summary>A function key or the master key; sent as the header <c>x-functions-key</c>. null: none.</summary>
    public string? Key { get; init; }

    /// <summary>Gives a user's bearer token, asked before every try, so that it may be one that ends soon. null: none.</summary>
    public Func<CancellationToken, ValueTask<string>>? Token { get; init; }

    /// <summary>How often a request is sent at the most, where repeating it is safe; 1 to 20 (5).</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>
    /// The longest pause between two tries (one minute). Where the service asks for a longer one by Retry-After, its answer is told at once.
    /// </summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The clock of pauses, of polling and of renewing locks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
