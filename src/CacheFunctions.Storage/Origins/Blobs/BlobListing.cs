using Azure.Storage.Blobs.Models;
using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Storage.Origins.Blobs;

/// <summary>
/// Lists a virtual folder a page at a time, in memory for one page. Storage cannot begin after a name, so what comes
/// before the page is listed again and skipped: one request for 5,000 names, in which folders come first.
/// </summary>
internal sealed class BlobListing(BlobPlace place, PathRules rules)
{
    public async Task<List<OriginEntry>> ListAsync(string folder, string? after, int limit, CancellationToken cancellation)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var page = new SortedSet<OriginEntry>(Comparer<OriginEntry>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name)));
        var isThere = folder.Length == 0;
        var listing = place.Container.GetBlobsByHierarchyAsync(delimiter: "/", prefix: prefix, cancellationToken: cancellation);
        await foreach (var response in listing.AsPages())
        {
            var furthest = "";
            foreach (var item in response.Values)
            {
                isThere = true;
                var key = (item.IsPrefix ? item.Prefix : item.Blob.Name)[prefix.Length..];
                if (string.CompareOrdinal(key, furthest) > 0) furthest = key;
                // The marker of the folder itself, as some tools make it, has no name in it.
                if (key.Length > 0) Add(page, Entry(item, key), prefix, after, limit);
            }

            if (page.Count == limit && !MayStillPrecede(furthest, page.Max!.Name)) break;
        }

        if (!isThere) throw await MissingAsync(folder, cancellation);
        return [.. page];
    }

    private void Add(SortedSet<OriginEntry> page, OriginEntry entry, string prefix, string? after, int limit)
    {
        if (string.CompareOrdinal(entry.Name, after) <= 0 || !CanBeOpened(prefix + entry.Name, entry.Name)) return;
        // A folder's name leads to its files; a blob of the same name can still be opened by it.
        if (entry.IsFolder) page.Remove(entry);
        page.Add(entry);
        if (page.Count > limit) page.Remove(page.Max!);
    }

    private static OriginEntry Entry(BlobHierarchyItem item, string key) => item.IsPrefix
        ? new OriginEntry(key[..^1], true, null, null)
        : new OriginEntry(key, false, item.Blob.Properties.ContentLength, item.Blob.Properties.LastModified);

    /// <summary>
    /// Storage sorts a folder as if its name ended with the slash, so "a.txt" comes before the folder "a". Whether what
    /// follows <paramref name="key"/> there may sort before <paramref name="name"/>.
    /// </summary>
    private static bool MayStillPrecede(string key, string name)
    {
        if (string.CompareOrdinal(key, name) < 0) return true;
        for (var i = 1; i <= name.Length; i++)
        {
            if (string.CompareOrdinal(name[..i] + "/", key) >= 0) return true;
        }

        return false;
    }

    private bool CanBeOpened(string path, string name)
    {
        if (name.StartsWith(StagedNames.Prefix, StringComparison.Ordinal)) return false;
        try
        {
            return rules.Normalise(path, "path") == path;
        }
        catch (CacheException)
        {
            return false;
        }
    }

    private async Task<CacheException> MissingAsync(string folder, CancellationToken cancellation) =>
        await BlobPlace.FindAsync(place.Blob(folder), cancellation) is { } found && !BlobPlace.IsFolder(found.Metadata)
            ? CacheException.Invalid("path", "names a file, not a folder.")
            : CacheException.NotFound($"The origin '{place.Origin}' has no folder {folder}.");
}
