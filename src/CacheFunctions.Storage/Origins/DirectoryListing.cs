using CacheFunctions.Errors;
using CacheFunctions.Origins;
using CacheFunctions.Storage.Origins.Linux;

namespace CacheFunctions.Storage.Origins;

/// <summary>Lists a folder a page at a time, in memory for one page however many entries the folder has.</summary>
internal sealed class DirectoryListing(string origin, string root, PathRules rules)
{
    /// <remarks>Reads all names of the folder for each page; only those of the page are looked at closer.</remarks>
    public List<OriginEntry> List(string path, string? after, int limit)
    {
        using var folder = OriginFolder.At(root, origin, path);
        var entries = new List<OriginEntry>();
        while (true)
        {
            // Links, devices and what vanished meanwhile fall out, so another round may be needed to fill the page.
            var wanted = limit - entries.Count;
            var names = Smallest(folder, path, after, wanted);
            foreach (var name in names)
            {
                // Under the spelling with which it would be opened: where that finds nothing, nobody can open it.
                if (folder.Find(rules.Normalise(name, "path")) is not { } stat) continue;
                if (stat.IsFolder) entries.Add(new OriginEntry(name, true, null, stat.Modified.Instant));
                else if (stat.IsFile) entries.Add(new OriginEntry(name, false, (long)stat.Size, stat.Modified.Instant));
            }

            if (names.Count < wanted || entries.Count == limit) return entries;
            after = names.Max;
        }
    }

    private SortedSet<string> Smallest(OriginFolder folder, string path, string? after, int count)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in folder.Names())
        {
            if (after is not null && string.CompareOrdinal(name, after) <= 0) continue;
            if (names.Count == count && string.CompareOrdinal(name, names.Max) >= 0) continue;
            if (name.StartsWith(StagedNames.Prefix, StringComparison.Ordinal) || !IsValid(path, name)) continue;
            names.Add(name);
            if (names.Count > count) names.Remove(names.Max!);
        }

        return names;
    }

    private bool IsValid(string folder, string name)
    {
        try
        {
            rules.Normalise(folder.Length == 0 ? name : $"{folder}/{name}", "path");
            return true;
        }
        catch (CacheException)
        {
            return false;
        }
    }
}
