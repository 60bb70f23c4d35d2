namespace CacheFunctions.Sessions;

/// <summary>A lock as its holder knows it.</summary>
/// <param name="Fence">Rises with every grant for the path; shown by every write.</param>
/// <param name="TtlSeconds">For how long it is renewed, by the holder's wish.</param>
public sealed record Grant(long Fence, DateTimeOffset ExpiresAt, int TtlSeconds);
