using System.Text;
using CacheFunctions.Errors;

namespace CacheFunctions.Origins;

/// <summary>How an origin tells names apart. Two spellings of one file must give one identity, or they would get two locks.</summary>
/// <param name="CaseSensitive">Whether a.txt and A.txt are two files.</param>
/// <param name="UnicodeForm">null: the origin keeps names byte for byte.</param>
public sealed record PathRules(bool CaseSensitive, NormalizationForm? UnicodeForm)
{
    /// <summary>Linux: no path is longer in bytes, with room for the root.</summary>
    public const int MaxPathBytes = 2048;

    /// <summary>Linux: no name is longer in bytes; temporary and conflict names need some of it.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Checks a relative path and brings it into the form under which files are opened.</summary>
    /// <param name="field">The caller's name for it, for the error.</param>
    /// <exception cref="CacheException">InvalidArgument, naming what is wrong.</exception>
    public string Normalise(string path, string field)
    {
        if (path.Length == 0) throw Invalid("must not be empty.");
        if (ControlCharacters.AreIn(path)) throw Invalid("must not hold control characters.");
        if (path.Contains('\\')) throw Invalid("must use / between folders, not \\.");
        if (path[0] == '/') throw Invalid("must be relative to the origin's root: leave the leading / out.");
        if (path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':')
            throw Invalid("must be relative to the origin's root: leave the drive letter out.");
        if (!IsWellFormed(path)) throw Invalid("must be valid Unicode.");

        // No characters, and nothing can normalise them.
        if (UnicodeForm is not null && path.AsSpan().ContainsAny('\uFFFE', '\uFFFF')) throw Invalid("must be valid Unicode.");
        var normal = UnicodeForm is { } form ? path.Normalize(form) : path;
        foreach (var part in normal.AsSpan().Split('/'))
        {
            var name = normal.AsSpan()[part];
            if (name.Length == 0) throw Invalid("must name a file: no empty folder names, no / at the end.");
            if (name is "." or "..") throw Invalid("must not hold . or .. as a name.");
            if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
                throw Invalid($"has a name of more than {MaxNameBytes} bytes.");
        }

        if (Encoding.UTF8.GetByteCount(normal) > MaxPathBytes)
            throw Invalid($"is longer than {MaxPathBytes} bytes.");
        return normal;

        CacheException Invalid(string problem) => CacheException.Invalid(field, problem);
    }

    /// <summary>The spelling that stands for all spellings of one file.</summary>
    public string Canonical(string normalPath) => CaseSensitive ? normalPath : normalPath.ToUpperInvariant();

    private static bool IsWellFormed(string text)
    {
        // Hardly any name has one.
        var first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0) return true;
        for (var i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }
}
