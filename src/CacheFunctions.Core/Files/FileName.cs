using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Files;

/// <summary>What names files may have: kept exactly as they are given, so what storage cannot keep exactly is refused.</summary>
internal static class FileName
{
    /// <summary>Blob Storage takes no longer names, domain and level included.</summary>
    public const int MaxLength = 1024;

    // Blob Storage takes 254 levels.
    private const int MaxDepth = 200;

    private static readonly PathRules Rules = new(CaseSensitive: true, UnicodeForm: null);

    /// <exception cref="CacheException">InvalidArgument, naming what is wrong.</exception>
    public static string Check(FileSpace space, string? filename)
    {
        if (string.IsNullOrEmpty(filename)) throw CacheException.Invalid("filename", "is required.");
        // Hosts leave this one sign encoded, so that it would be a part of a name to one and a separator to another.
        if (filename.Contains("%2f", StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid("filename", "must not hold an encoded slash: write / as it is.");
        Rules.Normalise(filename, "filename");
        var parts = filename.Split('/');
        if (parts.Length > MaxDepth) throw CacheException.Invalid("filename", $"is more than {MaxDepth} levels deep.");
        foreach (var part in parts) RequirePart("filename", part);
        if (space.Prefix.Length + filename.Length > MaxLength)
            throw CacheException.Invalid("filename", $"is too long: with '{space.Prefix}' before it there may be {MaxLength} characters.");
        return filename;
    }

    /// <summary>The beginning of names, for lists; may end anywhere.</summary>
    public static string CheckPrefix(string prefix)
    {
        if (prefix.Length > MaxLength) throw CacheException.Invalid("prefix", $"is longer than {MaxLength} characters.");
        if (ControlCharacters.AreIn(prefix) || !IsText(prefix)) throw CacheException.Invalid("prefix", "must be valid Unicode without control characters.");
        return prefix;
    }

    /// <summary>One level of a name.</summary>
    public static void RequirePart(string field, string part)
    {
        if (ControlCharacters.AreIn(part)) throw CacheException.Invalid(field, "must not hold control characters.");
        if (part.AsSpan().ContainsAny('/', '\\') || part.Contains("%2f", StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid(field, "must not hold a slash here.");
        if (!IsText(part)) throw CacheException.Invalid(field, "must be valid Unicode.");
        // Storage takes such a level away, so that two names would be one.
        if (part.EndsWith('.')) throw CacheException.Invalid(field, "must not have a level that ends with a dot.");
    }

    // U+FFFE and U+FFFF are no characters, and lists of blobs cannot tell them.
    private static bool IsText(string text) => !text.AsSpan().ContainsAny('\uFFFE', '\uFFFF') && IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
