using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>Where a session's work was kept beside the origin's file when both had changed.</summary>
/// <param name="Path">Relative to the origin.</param>
/// <param name="Fingerprint">As this service left it.</param>
public sealed record ConflictCopy(string Path, Fingerprint Fingerprint);
