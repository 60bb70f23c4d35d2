using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Catalogue;

/// <summary>One page of a list.</summary>
/// <param name="TotalCount">Of all matches, on this page or not.</param>
/// <param name="Next">Where the next page begins; null: this is the last.</param>
/// <param name="Filter">What was asked, and what the caller's rights add to it.</param>
public sealed record CachedFilesPage(IReadOnlyList<CachedFile> Files, long TotalCount, FileCursor? Next, CachedFilesFilter Filter);
