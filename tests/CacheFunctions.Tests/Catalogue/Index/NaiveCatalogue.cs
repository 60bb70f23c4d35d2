using System.Text;
using System.Text.Json;
using CacheFunctions.Catalogue;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Tests.Catalogue.Index;

/// <summary>What the index must answer, said in the plainest way.</summary>
internal static class NaiveCatalogue
{
    public static List<CatalogueEntry> Matches(IEnumerable<CatalogueEntry> files, FilesQuery query)
    {
        var filter = query.Filter;
        var matches = files.Where(file =>
            (filter.Status is { } status ? file.Status == status : query.IncludeRemoved || file.Status != FileStatus.Removed)
            && (filter.TriggeredByOperation is not { } operation || file.TriggeredByOperation == operation)
            && (filter.UserId is not { } user || file.Users.Contains(user))
            && (filter.SizeMin is not { } min || file.SizeBytes >= min)
            && (filter.SizeMax is not { } max || file.SizeBytes <= max)
            && (filter.CachedSince is not { } since || file.CachedAt >= since)
            && (filter.Search is not { } search || Places(file, query.SearchType).Any(place => Contains(place, search))));
        return [.. matches.Order(Comparer<CatalogueEntry>.Create((x, y) => Compare(x, y, query)))];
    }

    public static bool Contains(string text, string part) => Folded(text).Contains(Folded(part), StringComparison.Ordinal);

    private static string Folded(string text) => text.Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static IEnumerable<string> Places(CatalogueEntry file, SearchType type) => type switch
    {
        SearchType.Filename => [Name(file)],
        SearchType.Path => [file.FilePath],
        SearchType.User => file.Users,
        SearchType.Operation => [Operation(file)],
        _ => [file.FilePath, Operation(file), .. file.Users],
    };

    private static string Name(CatalogueEntry file) => file.FilePath[(file.FilePath.LastIndexOf('/') + 1)..];

    private static string Operation(CatalogueEntry file) => JsonNamingPolicy.SnakeCaseLower.ConvertName(file.TriggeredByOperation.ToString());

    private static int Compare(CatalogueEntry x, CatalogueEntry y, FilesQuery query)
    {
        var order = query.Order switch
        {
            FileOrder.CachedAt => x.CachedAt.CompareTo(y.CachedAt),
            FileOrder.LastAccessed => Nullable.Compare(x.LastAccessed, y.LastAccessed),
            FileOrder.FileSizeBytes => x.SizeBytes.CompareTo(y.SizeBytes),
            FileOrder.AccessCount => x.AccessCount.CompareTo(y.AccessCount),
            // By code points: the bytes of UTF-8.
            _ => Encoding.UTF8.GetBytes(Folded(Name(x))).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(Folded(Name(y)))),
        };
        if (order != 0) return query.Descending ? -order : order;
        return string.CompareOrdinal(x.Id.ToString(), y.Id.ToString());
    }
}
