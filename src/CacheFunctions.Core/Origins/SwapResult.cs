namespace CacheFunctions.Origins;

/// <summary>How a swap ended. Exactly one of the first two is set.</summary>
/// <param name="Written">The new version's fingerprint: the origin holds the staged content.</param>
/// <param name="Conflict">The origin was not as expected and was left alone.</param>
/// <param name="ConflictCopy">A version nobody expected that the swap displaced, kept beside the file under this path.</param>
public sealed record SwapResult(Fingerprint? Written, OriginState? Conflict, string? ConflictCopy = null);

/// <summary>What stands at an origin path: a version, or nothing.</summary>
/// <param name="Actual">null: there is no such file.</param>
public sealed record OriginState(Fingerprint? Actual);
