using CacheFunctions.Security;

namespace CacheFunctions.Operations;

/// <summary>What set a change off: a caller, or a timer.</summary>
public sealed record Trigger(string By, string? UserId)
{
    public static Trigger Timer { get; } = new("timer", null);

    /// <summary>The service itself, going on with what a caller began.</summary>
    public static Trigger System { get; } = new("system", null);

    public static Trigger Of(Caller caller) => new(caller.UserId is null ? "api" : "user", caller.UserId);
}
