namespace CacheFunctions.Catalogue.Index;

/// <summary>Where a path's texts lie in <see cref="PathTexts"/>. All in bytes.</summary>
/// <param name="At">Where the form that is searched begins: the path itself if it is all ASCII, else the folded path.</param>
/// <param name="Length">Of the searched form.</param>
/// <param name="NameLength">Of its end that is the file's name.</param>
/// <param name="OriginalLength">Of the path itself, which follows the folded one; 0: the searched form is the path itself.</param>
internal readonly record struct TextPlace(int At, int Length, int NameLength, int OriginalLength)
{
    public int TotalLength => Length + OriginalLength;

    public int NameAt => At + Length - NameLength;
}
