namespace CacheFunctions.Directories.Downloads;

/// <summary>What storage tells of a file in the container of the directory cache.</summary>
/// <param name="At">When it happened, by storage's clock.</param>
public sealed record StorageChange(DirectoryPath File, bool IsCreated, DateTimeOffset At);
