using CacheFunctions.Security;

namespace CacheFunctions.Sessions;

/// <summary>What set a change off: a caller, or a timer.</summary>
public sealed record Trigger(string By, string? UserId)
{
    public static Trigger Timer { get; } = new("timer", null);

    public static Trigger Of(Caller caller) => new(caller.UserId is null ? "api" : "user", caller.UserId);
}
