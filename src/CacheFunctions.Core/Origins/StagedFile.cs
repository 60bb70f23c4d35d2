namespace CacheFunctions.Origins;

/// <summary>Content on its way into an origin: where it goes, and the temporary name that nobody else has.</summary>
/// <param name="Path">The normalised relative path that it replaces.</param>
/// <param name="TemporaryName">Unique; holds the fence, and lies in the same directory.</param>
/// <param name="Claimed">The temporary name of an interrupted write of the same content, with whose bytes this one
/// begins; null: it begins with nothing. See <see cref="IOrigin.ClaimAsync"/>.</param>
public sealed record StagedFile(string Path, string TemporaryName, string? Claimed = null);
