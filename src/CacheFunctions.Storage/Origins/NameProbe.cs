using System.Text;

namespace CacheFunctions.Storage.Origins;

/// <summary>
/// Finds out how a folder tells names apart, from entries that it has: another spelling of an entry's name either
/// leads to the same file or to none.
/// </summary>
/// <param name="find">A file's number by its name; null: there is no such name.</param>
/// <param name="names">The names of all entries, as often as asked.</param>
public sealed class NameProbe(Func<string, ulong?> find, IEnumerable<string> names)
{
    /// <summary>null: not known.</summary>
    public bool? IsCaseSensitive { get; private set; }

    /// <summary>Whether a name in Unicode's form C is another than the same in form D; null: not known.</summary>
    public bool? TellsFormsApart { get; private set; }

    public bool IsDone => IsCaseSensitive is not null && TellsFormsApart is not null;

    /// <param name="name">Of an entry.</param>
    public void Look(string name)
    {
        IsCaseSensitive ??= AreApart(name, OtherCase(name));
        TellsFormsApart ??= AreApart(name, OtherForm(name));
    }

    private bool? AreApart(string name, string? other)
    {
        if (other is null || find(name) is not { } file) return null;
        // Two entries may be links to one file; but an entry that has only one name is listed once.
        return find(other) != file || names.Contains(other);
    }

    /// <summary>Only of the letters that every file system knows.</summary>
    private static string? OtherCase(string name) => name.Any(char.IsAsciiLetter)
        ? string.Concat(name.Select(c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))
        : null;

    private static string? OtherForm(string name)
    {
        var composed = name.Normalize(NormalizationForm.FormC);
        var decomposed = name.Normalize(NormalizationForm.FormD);
        return composed == decomposed ? null : name == composed ? decomposed : composed;
    }
}
