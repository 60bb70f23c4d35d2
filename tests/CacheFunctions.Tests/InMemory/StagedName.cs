using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Tests.InMemory;

/// <summary>The temporary file's names in turn: being written, complete, taken by a take-over; or left behind, claimed by whoever goes on.</summary>
internal static class StagedName
{
    public const string Prefix = ".cachefunctions-";

    public static string Part(StagedFile staged) => staged.TemporaryName + ".part";

    public static string Ready(StagedFile staged) => staged.TemporaryName + ".ready";

    public static string Taken(StagedFile staged) => staged.TemporaryName + ".taken";

    public static string Left(string temporaryName) => temporaryName + ".left";

    /// <summary>What was claimed of it, and what it began with.</summary>
    public static IEnumerable<string> Claimable(StagedFile staged) =>
        staged.Claimed is { } claimed ? [Left(staged.TemporaryName), Left(claimed)] : [Left(staged.TemporaryName)];

    public static bool IsTemporary(string path) => path[(path.LastIndexOf('/') + 1)..].StartsWith(Prefix, StringComparison.Ordinal);

    public static CacheException TakenOver() => new(ErrorCode.Conflict, "Another instance has taken this write over. Sync again.");
}
