namespace CacheFunctions.Directories.Index;

/// <summary>All directories at one moment, and which lie in which.</summary>
internal sealed class DirectoryTree
{
    private readonly Dictionary<string, CachedDirectory> _byPath;
    private readonly CachedDirectory[] _sorted;

    public DirectoryTree(IReadOnlyList<CachedDirectory> directories)
    {
        _byPath = directories.ToDictionary(directory => directory.Path, StringComparer.Ordinal);
        // With the slash, so that all that lies in a directory follows it at once.
        _sorted = [.. directories.OrderBy(directory => directory.Path + "/", StringComparer.Ordinal)];
    }

    /// <summary>Each directory before those that lie in it.</summary>
    public IReadOnlyList<CachedDirectory> All => _sorted;

    /// <summary>
    /// What a directory adds to the whole when it is registered, or counted anew: nothing in a registered one; else what neither it nor
    /// a directory in it holds already.
    /// </summary>
    /// <param name="sizeBytes">All that lies in it.</param>
    public long Growth(string path, long sizeBytes)
    {
        if (HolderOf(path) is not null) return 0;
        if (Find(path) is { } before) return Math.Max(0, sizeBytes - before.SizeBytes);
        string? last = null;
        foreach (var inner in In(path))
        {
            if (last is not null && inner.Path.StartsWith(last, StringComparison.Ordinal)) continue;
            sizeBytes -= inner.SizeBytes;
            last = inner.Path + "/";
        }

        return Math.Max(0, sizeBytes);
    }

    /// <summary>What all hold together. A directory in another is a part of it, so only the outermost ones count.</summary>
    public long TotalBytes => _sorted.Where(directory => HolderOf(directory.Path) is null).Sum(directory => directory.SizeBytes);

    public CachedDirectory? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The innermost registered directory that a directory lies in. O(depth).</summary>
    public CachedDirectory? HolderOf(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            if (_byPath.TryGetValue(path[..slash], out var holder)) return holder;
        return null;
    }

    /// <summary>The registered directories in a directory, at any depth. O(log n) and one step for each.</summary>
    public IEnumerable<CachedDirectory> In(string path)
    {
        var prefix = path + "/";
        var first = 0;
        for (var end = _sorted.Length; first < end;)
        {
            var middle = (first + end) / 2;
            if (string.CompareOrdinal(_sorted[middle].Path + "/", prefix) <= 0) first = middle + 1;
            else end = middle;
        }

        for (; first < _sorted.Length && _sorted[first].Path.StartsWith(prefix, StringComparison.Ordinal); first++) yield return _sorted[first];
    }
}
