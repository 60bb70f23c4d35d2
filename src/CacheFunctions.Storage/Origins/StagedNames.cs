using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// The temporary file has up to three names in turn, so that who comes after a crash knows what it is: <c>.part</c> is ours
/// and may be incomplete; <c>.ready</c> is ours and complete until the swap, and after it the version that was
/// displaced; <c>.taken</c> is a <c>.ready</c> that a take-over has claimed. A <c>.left</c> is a <c>.part</c> that was
/// claimed by whoever goes on with it: it is copied, and never swapped in.
/// </summary>
internal static class StagedNames
{
    /// <summary>How every name begins under which this service keeps something of its own in an origin.</summary>
    public const string Prefix = ".cachefunctions-";

    public static string Part(StagedFile staged) => staged.TemporaryName + ".part";

    public static string Ready(StagedFile staged) => staged.TemporaryName + ".ready";

    public static string Taken(StagedFile staged) => staged.TemporaryName + ".taken";

    public static string Left(string temporaryName) => temporaryName + ".left";

    /// <summary>All names under which a write may have something of its own.</summary>
    public static IEnumerable<string> Own(StagedFile staged) => [Part(staged), Ready(staged), Taken(staged), .. Claimable(staged)];

    /// <summary>What was claimed of it, and what it began with.</summary>
    public static IEnumerable<string> Claimable(StagedFile staged) =>
        staged.Claimed is { } claimed ? [Left(staged.TemporaryName), Left(claimed)] : [Left(staged.TemporaryName)];

    public static CacheException TakenOver() => new(
        ErrorCode.Conflict, "Another instance has taken this write over, since it took too long. Sync again.");
}
