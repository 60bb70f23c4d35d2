namespace CacheFunctions.Sessions;

/// <summary>What a caller demands of a change; by default nothing.</summary>
public sealed record Conditions
{
    public static Conditions None { get; } = new();

    /// <summary>ETags of which the session's newest version must have one; null: any.</summary>
    public IReadOnlyList<string>? IfMatch { get; init; }

    /// <summary>The fence of the lock that the caller believes to hold; null: it does not say.</summary>
    public long? Fence { get; init; }

    /// <summary>
    /// From <see cref="Idempotency.RequestKey"/>: the same key has the same effect and answer for 24 hours. null: every
    /// call counts.
    /// </summary>
    public string? RequestKey { get; init; }
}
