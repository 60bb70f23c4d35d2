namespace CacheFunctions.Catalogue.Index;

/// <summary>A file that may be on the page.</summary>
/// <param name="Key">What it is sorted by, as <see cref="Ranking"/> makes it: smaller comes first.</param>
/// <param name="Name">The folded name, where names decide; else empty.</param>
internal readonly record struct Candidate(long Key, Guid Id, byte[] Name, int Shard, int Row);
