namespace CacheFunctions.Sessions;

/// <summary>What a caller asks for when it opens a file.</summary>
/// <param name="FilePath">Relative to the default origin, or a full path beneath an origin's prefix.</param>
/// <param name="NasFilePath">The full path beneath an origin's prefix; null: <paramref name="FilePath"/> says it.</param>
/// <param name="Lock">Also acquire the path's lock, or fail.</param>
/// <param name="Create">Allow a file that does not exist yet.</param>
public sealed record CreateSession(
    string UserId, string FilePath, string? NasFilePath = null, bool Lock = false, bool Create = false);
