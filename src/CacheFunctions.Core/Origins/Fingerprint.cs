namespace CacheFunctions.Origins;

/// <summary>What identifies a version of an origin file.</summary>
/// <param name="Version">The origin's own quick mark: it differs when the file may have changed (times and size, or an ETag).</param>
/// <param name="Sha256">Lower-case hex; null when the content was not read.</param>
public sealed record Fingerprint(long SizeBytes, DateTimeOffset ModifiedAt, string Version, string? Sha256)
{
    /// <summary>Whether the quick marks alone show that both are one version; if not, the content must be compared.</summary>
    public bool IsSameVersion(Fingerprint other) => Version == other.Version;
}
