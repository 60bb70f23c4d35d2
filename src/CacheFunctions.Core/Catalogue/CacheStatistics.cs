using CacheFunctions.Catalogue.Index;
using CacheFunctions.Hits;

namespace CacheFunctions.Catalogue;

/// <summary>CacheStatistics of the second source document, with breakdowns.</summary>
/// <param name="MostAccessedFile">Where the copy of the most accessed file lies; null: none was ever accessed.</param>
/// <param name="Hits">Recorded hits and misses of all users, and in which window.</param>
public sealed record CacheStatistics(FileStatistics Files, string? MostAccessedFile, HitWindow Hits);
