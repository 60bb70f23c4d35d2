using CacheFunctions.Errors;
using CacheFunctions.Files.Stored;

namespace CacheFunctions.Files;

/// <summary>What must stand under a name for a change of it to be made.</summary>
/// <param name="IfMatch">Entity tags, quotes included, of which one must be the file's, or <c>*</c>: any file; null: nothing is asked.</param>
/// <param name="MustBeNew">There must be no file (If-None-Match: *).</param>
public sealed record FileConditions(IReadOnlyList<string>? IfMatch = null, bool MustBeNew = false)
{
    public static FileConditions None { get; } = new();

    /// <summary>Checks them, and says what storage must check once more, at the moment of the change.</summary>
    /// <param name="found">null: there is none.</param>
    /// <exception cref="CacheException">PreconditionFailed.</exception>
    internal WriteCondition Check(FileAddress address, StoredFile? found)
    {
        if (MustBeNew && found is not null) throw Failed($"There is a file '{address}' already.");
        if (IfMatch is null) return new WriteCondition(MustBeNew: MustBeNew);
        if (found is null) throw Failed($"There is no file '{address}'.");
        var tag = found.Information.ETag;
        return IfMatch.Contains("*") || IfMatch.Contains(tag) ? new WriteCondition(found.Blob.Version) : throw Failed($"The file is now {tag}, not what If-Match asks for.");
    }

    internal static CacheException Failed(string message) => new(ErrorCode.PreconditionFailed, message);
}
