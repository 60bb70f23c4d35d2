namespace CacheFunctions.Catalogue.Index;

/// <summary>Which files, in which order, and which page of them.</summary>
/// <param name="SearchType">Where the filter's search term is looked for. A path holds the file's name too.</param>
/// <param name="IncludeRemoved">Whether a filter without a status means removed files too.</param>
/// <param name="Limit">How many at the most; from 0.</param>
/// <param name="Offset">How many are left out first; with a cursor, counted from there. Memory grows with it.</param>
/// <param name="After">Begin behind this place; null: at the beginning.</param>
public sealed record FilesQuery(
    CachedFilesFilter Filter,
    FileOrder Order = FileOrder.CachedAt,
    bool Descending = true,
    int Limit = 50,
    int Offset = 0,
    FileCursor? After = null,
    SearchType SearchType = SearchType.Path,
    bool IncludeRemoved = false);

/// <summary>One page of files.</summary>
/// <param name="TotalCount">Of all matches, on this page or not.</param>
/// <param name="Next">Where the next page begins; null: this is the last.</param>
public sealed record FilesPage(IReadOnlyList<IndexedFile> Files, long TotalCount, FileCursor? Next)
{
    public bool HasMore => Next is not null;
}
