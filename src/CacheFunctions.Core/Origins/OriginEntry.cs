namespace CacheFunctions.Origins;

/// <summary>A file or folder of an origin.</summary>
/// <param name="SizeBytes">null for a folder.</param>
/// <param name="ModifiedAt">null where the origin does not say.</param>
public sealed record OriginEntry(string Name, bool IsFolder, long? SizeBytes, DateTimeOffset? ModifiedAt);
