namespace CacheFunctions.Storage.Contents.Directories;

/// <summary>
/// Where a name lies beneath the store's folder: in one of a few hundred folders, by its first two characters, so that none
/// grows too large. Names are escaped, so that none is a path, and "a" and "a/b" can both be.
/// </summary>
internal static class ContentPath
{
    /// <summary>Of writes under way. No name is escaped to this.</summary>
    public const string Parts = ".parts";

    private const int BucketLength = 2;

    public static string Of(string container, string name) =>
        $"{container}/{Escape(name[..Math.Min(BucketLength, name.Length)])}/{Escape(name)}";

    public static string Escape(string name)
    {
        var escaped = Uri.EscapeDataString(name);
        return escaped.StartsWith('.') ? "%2E" + escaped[1..] : escaped;
    }

    public static string Unescape(string escaped) => Uri.UnescapeDataString(escaped);

    /// <summary>Whether something of this name may be the store's.</summary>
    public static bool IsEscaped(string name) => Escape(Unescape(name)) == name;
}
