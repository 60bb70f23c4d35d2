namespace CacheFunctions.Directories.Bringing;

/// <summary>How much of a folder was brought.</summary>
/// <param name="Bytes">Of all files that were brought.</param>
/// <param name="Growth">By how much the directory has grown for it, in bytes: replaced files counted before.</param>
/// <param name="After">The origin's path of the last file that was brought; null: none yet.</param>
internal sealed record Brought(long Files = 0, long Bytes = 0, long Growth = 0, string? After = null);
