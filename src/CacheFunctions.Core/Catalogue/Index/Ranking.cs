using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// An order of files: by a number for each, then, where names decide, by the folded name, then by id, so that no two
/// files are equal and pages never overlap. Names are ordered by code points.
/// </summary>
internal sealed class Ranking(FileOrder order, bool descending) : IComparer<Candidate>
{
    private static readonly byte[] NoName = [];

    public FileOrder Order => order;

    public bool Descending => descending;

    /// <summary>Turns a column's number into a key, by exclusive or.</summary>
    public long Turn { get; } = descending ? -1 : 0;

    /// <summary>The column that holds what it is sorted by; null: no single one does.</summary>
    public long[]? Column(ShardColumns columns) => order switch
    {
        FileOrder.CachedAt => columns.CachedAt,
        FileOrder.LastAccessed => columns.LastAccessed,
        FileOrder.FileSizeBytes => columns.Sizes,
        _ => null,
    };

    /// <summary>Smaller comes first. Of names it is the beginning, so that few names need be compared whole.</summary>
    public long Key(ShardColumns columns, int row)
    {
        var key = Column(columns) is { } column ? column[row] : order == FileOrder.AccessCount ? columns.Accesses(row) : NameKey(columns, row);
        // The complement turns the order of all numbers around, without the overflow of the negative.
        return key ^ Turn;
    }

    public Candidate Candidate(ShardColumns columns, int row, long key, int shard) =>
        new(key, columns.Ids[row], order == FileOrder.Filename ? Name(columns, row) : NoName, shard, row);

    public static Candidate Candidate(FileCursor cursor) => new(cursor.Key, cursor.Id, cursor.Name, 0, 0);

    public FileCursor Cursor(Candidate last) => new(order, descending, last.Key, last.Id, last.Name);

    public int Compare(Candidate x, Candidate y)
    {
        if (x.Key != y.Key) return x.Key < y.Key ? -1 : 1;
        var names = x.Name.AsSpan().SequenceCompareTo(y.Name);
        if (names != 0) return descending ? -names : names;
        return x.Id.CompareTo(y.Id);
    }

    private static long NameKey(ShardColumns columns, int row)
    {
        ref readonly var place = ref columns.Places[row];
        var bytes = BinaryPrimitives.ReadUInt64BigEndian(columns.Texts.Bytes.AsSpan(place.NameAt));
        // What follows a shorter name is another's.
        if (place.NameLength < sizeof(ulong)) bytes &= ~(ulong.MaxValue >> (place.NameLength * 8));
        return (long)(FoldedText.Upper(bytes) ^ 1UL << 63);
    }

    private static byte[] Name(ShardColumns columns, int row)
    {
        ref readonly var place = ref columns.Places[row];
        var name = columns.Texts.Bytes.AsSpan(place.NameAt, place.NameLength).ToArray();
        var whole = MemoryMarshal.Cast<byte, ulong>(name.AsSpan());
        for (var i = 0; i < whole.Length; i++) whole[i] = FoldedText.Upper(whole[i]);
        for (var i = whole.Length * sizeof(ulong); i < name.Length; i++) name[i] = FoldedText.Upper(name[i]);
        return name;
    }
}
