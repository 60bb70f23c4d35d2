using CacheFunctions.Security;

namespace CacheFunctions.Callers;

/// <summary>Who calls, as it was proved.</summary>
/// <param name="ValidUntil">From then on the same proof is refused; null: that is not known, or never.</param>
public sealed record Identity(Caller Caller, DateTimeOffset? ValidUntil = null);
