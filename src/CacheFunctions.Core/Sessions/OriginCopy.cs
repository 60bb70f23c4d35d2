using CacheFunctions.Origins;

namespace CacheFunctions.Sessions;

/// <summary>What was copied from an origin.</summary>
/// <param name="Content">null: nothing was copied.</param>
/// <param name="Fingerprint">Of the copied version; null: there is no such file.</param>
internal sealed record OriginCopy(SavedContent? Content, Fingerprint? Fingerprint);
