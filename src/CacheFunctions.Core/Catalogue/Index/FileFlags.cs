namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Status, method, operation and pin of a file in nine bits. With so few, any filter over them is a table of 512
/// answers, worked out once for a query. 0 is a row without a file.
/// </summary>
internal static class FileFlags
{
    public const int Count = 1 << 9;

    private const int Live = 1 << 8;
    private const int PinnedBit = 1 << 7;

    public static ushort Of(FileStatus status, CacheMethod method, CacheTrigger trigger, bool pinned) =>
        (ushort)(Live | (pinned ? PinnedBit : 0) | (int)trigger << 4 | (int)method << 2 | (int)status);

    public static bool IsFile(int flags) => (flags & Live) != 0;

    public static FileStatus Status(int flags) => (FileStatus)(flags & 3);

    public static CacheMethod Method(int flags) => (CacheMethod)(flags >> 2 & 3);

    public static CacheTrigger Trigger(int flags) => (CacheTrigger)(flags >> 4 & 7);

    public static bool Pinned(int flags) => (flags & PinnedBit) != 0;

    /// <summary>The answers of a filter, by flags; never true for a row without a file.</summary>
    public static bool[] Table(Func<int, bool> fits)
    {
        var table = new bool[Count];
        for (var flags = Live; flags < Count; flags++) table[flags] = fits(flags);
        return table;
    }
}
