namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Status, method, operation, pin and whether it holds bytes of the cache, in ten bits. With so few, any filter over them is
/// a table of 1,024 answers, worked out once for a query. 0 is a row without a file.
/// </summary>
internal static class FileFlags
{
    public const int Count = 1 << 10;

    private const int Live = 1 << 9;
    private const int StoredBit = 1 << 8;
    private const int PinnedBit = 1 << 7;

    public static ushort Of(FileStatus status, CacheMethod method, CacheTrigger trigger, bool pinned, bool stored) =>
        (ushort)(Live | (stored ? StoredBit : 0) | (pinned ? PinnedBit : 0) | (int)trigger << 4 | (int)method << 2 | (int)status);

    public static bool IsFile(int flags) => (flags & Live) != 0;

    public static FileStatus Status(int flags) => (FileStatus)(flags & 3);

    public static CacheMethod Method(int flags) => (CacheMethod)(flags >> 2 & 3);

    public static CacheTrigger Trigger(int flags) => (CacheTrigger)(flags >> 4 & 7);

    public static bool Pinned(int flags) => (flags & PinnedBit) != 0;

    /// <summary>Whether there is a copy that this service made.</summary>
    public static bool Stored(int flags) => (flags & StoredBit) != 0;

    /// <summary>Whether it may be evicted, as far as its record tells.</summary>
    public static bool Evictable(int flags) =>
        IsFile(flags) && Stored(flags) && !Pinned(flags) && Status(flags) is FileStatus.Active or FileStatus.Orphaned;

    /// <summary>The answers of a filter, by flags; never true for a row without a file.</summary>
    public static bool[] Table(Func<int, bool> fits)
    {
        var table = new bool[Count];
        for (var flags = Live; flags < Count; flags++) table[flags] = fits(flags);
        return table;
    }
}
