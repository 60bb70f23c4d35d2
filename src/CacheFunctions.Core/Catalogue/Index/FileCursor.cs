using System.Buffers.Binary;
using System.Buffers.Text;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// A place in an order of files: what the last file of a page is sorted by, and its id. So a page begins right behind
/// it, whatever was added, removed or changed meanwhile.
/// </summary>
public sealed class FileCursor
{
    private const int FixedLength = 1 + sizeof(long) + 16;

    internal FileCursor(FileOrder order, bool descending, long key, Guid id, byte[] name)
    {
        (Order, Descending) = (order, descending);
        (Key, Id, Name) = (key, id, name);
    }

    /// <summary>A cursor fits the order that it came from only.</summary>
    public FileOrder Order { get; }

    public bool Descending { get; }

    internal long Key { get; }

    internal Guid Id { get; }

    /// <summary>The folded name, where names decide; else empty.</summary>
    internal byte[] Name { get; }

    /// <returns>null: the text is not a cursor.</returns>
    public static FileCursor? Parse(string text)
    {
        if (!Base64Url.IsValid(text)) return null;
        var bytes = new byte[text.Length];
        if (!Base64Url.TryDecodeFromChars(text, bytes, out var length) || length < FixedLength) return null;
        var order = (FileOrder)(bytes[0] >> 1);
        if (!Enum.IsDefined(order)) return null;
        return new FileCursor(
            order,
            (bytes[0] & 1) != 0,
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(1)),
            new Guid(bytes.AsSpan(1 + sizeof(long), 16)),
            bytes[FixedLength..length]);
    }

    /// <returns>For a URL.</returns>
    public override string ToString()
    {
        var bytes = new byte[FixedLength + Name.Length];
        bytes[0] = (byte)((int)Order << 1 | (Descending ? 1 : 0));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Key);
        Id.TryWriteBytes(bytes.AsSpan(1 + sizeof(long)));
        Name.CopyTo(bytes, FixedLength);
        return Base64Url.EncodeToString(bytes);
    }
}
