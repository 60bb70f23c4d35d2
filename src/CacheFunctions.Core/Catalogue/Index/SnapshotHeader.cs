using System.Runtime.InteropServices;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// How a snapshot begins. After it come the columns of its files, one after the other, as they lie in memory (little
/// endian), then the paths, then the users, then a CRC-32C of all before it.
/// </summary>
/// <param name="Count">How many files.</param>
/// <param name="TextBytes">How long the paths are together.</param>
/// <param name="UserBytes">How long the part with the users is.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SnapshotHeader(
    ulong Magic, int Schema, int Shard, long Sequence, long Notices, int Count, int TextBytes, int UserBytes, uint Checksum)
{
    public const int Length = 48;

    // "CFINDEX1" as bytes.
    private const ulong OurMagic = 0x31584544_4E494643;

    // Another layout of the columns gets another number. Who finds a number that it does not know rebuilds from the rows.
    private const int OurSchema = 2;

    public static SnapshotHeader Of(int shard, LoadedShard loaded, int userBytes)
    {
        var header = new SnapshotHeader(
            OurMagic, OurSchema, shard, loaded.Sequence, loaded.Notices, loaded.Columns.Length, loaded.Columns.Texts.End, userBytes, 0);
        return header with { Checksum = header.OwnChecksum() };
    }

    /// <exception cref="InvalidDataException">It is damaged, of another schema or another shard's.</exception>
    public static SnapshotHeader Read(ReadOnlySpan<byte> bytes, int shard)
    {
        var header = MemoryMarshal.Read<SnapshotHeader>(bytes);
        if (header.Magic != OurMagic || header.Checksum != (header with { Checksum = 0 }).OwnChecksum())
            throw new InvalidDataException("The snapshot's header is damaged.");
        if (header.Schema != OurSchema) throw new InvalidDataException($"The snapshot has schema {header.Schema}.");
        if (header.Shard != shard) throw new InvalidDataException($"The snapshot is of shard {header.Shard}.");
        return header;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        MemoryMarshal.Write(bytes, this);
        return bytes;
    }

    private uint OwnChecksum()
    {
        var checksum = new Crc32C();
        checksum.Append(ToBytes());
        return checksum.Value;
    }
}
