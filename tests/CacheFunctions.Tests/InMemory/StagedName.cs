using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Tests.InMemory;

/// <summary>The temporary file's three names in turn: being written, complete, claimed by a take-over.</summary>
internal static class StagedName
{
    public const string Prefix = ".cachefunctions-";

    public static string Part(StagedFile staged) => staged.TemporaryName + ".part";

    public static string Ready(StagedFile staged) => staged.TemporaryName + ".ready";

    public static string Taken(StagedFile staged) => staged.TemporaryName + ".taken";

    public static bool IsTemporary(string path) => path[(path.LastIndexOf('/') + 1)..].StartsWith(Prefix, StringComparison.Ordinal);

    public static CacheException TakenOver() => new(ErrorCode.Conflict, "Another instance has taken this write over. Sync again.");
}
