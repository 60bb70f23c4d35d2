using System.Globalization;

namespace CacheFunctions.Origins;

/// <summary>Content on its way into an origin: where it goes, and the temporary name that nobody else has.</summary>
/// <param name="Path">The normalised relative path that it replaces.</param>
/// <param name="TemporaryName">Unique; holds the fence, and lies in the same directory.</param>
public sealed record StagedFile(string Path, string TemporaryName)
{
    private const string Mark = "~";

    /// <summary>Under which name another writer goes on with this one's work: always the same for the same name.</summary>
    public StagedFile Successor()
    {
        var mark = TemporaryName.LastIndexOf(Mark, StringComparison.Ordinal);
        var (stem, number) = mark < 0
            ? (TemporaryName, 0)
            : (TemporaryName[..mark], int.Parse(TemporaryName[(mark + 1)..], CultureInfo.InvariantCulture));
        return this with { TemporaryName = string.Create(CultureInfo.InvariantCulture, $"{stem}{Mark}{number + 1}") };
    }
}
