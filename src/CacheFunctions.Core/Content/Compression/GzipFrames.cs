using System.IO.Compression;

namespace CacheFunctions.Content.Compression;

/// <summary>
/// One gzip stream (RFC 1952) that is made of frames, each of which can be decompressed alone, with an index behind it. A frame
/// holds <see cref="PlainBytes"/> of the content (the last one what is left) and begins on a whole byte with an empty
/// dictionary. Everything before the index is an ordinary gzip stream of a single member, which any client understands.
/// </summary>
internal static class GzipFrames
{
    /// <summary>What a frame holds: the least that a range costs to decompress.</summary>
    public const int PlainBytes = 256 << 10;

    /// <summary>No frame is longer: what does not compress is stored as it is, with little around it.</summary>
    public const int MaxFrameBytes = PlainBytes + PlainBytes / 4;

    /// <summary>The last block, which is empty, the CRC-32 and the length of RFC 1952, section 2.3.1.</summary>
    public const int TrailerBytes = 10;

    /// <summary>Where each frame ends, from the beginning of the stream.</summary>
    public const int IndexEntryBytes = sizeof(long);

    /// <summary>The last block of a deflate stream (RFC 1951), with nothing in it.</summary>
    public static ReadOnlySpan<byte> LastBlock => [0x03, 0x00];

    /// <summary>Of a gzip stream, without its frames.</summary>
    public static int LeastBytes => Header.Length + TrailerBytes;

    /// <summary>RFC 1952, section 2.3: deflate, with an extra field that tells this service's own streams from others.</summary>
    public static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 4, 0, (byte)'C', (byte)'F', 0, 0];

    public static long CountOf(long plainBytes) => (plainBytes + PlainBytes - 1) / PlainBytes;

    /// <summary>How many bytes are stored for content of this length: the stream and its index.</summary>
    public static long StoredBytes(long gzipBytes, long plainBytes) => gzipBytes + CountOf(plainBytes) * IndexEntryBytes;

    /// <summary>The most that is stored for content of this length, even if none of it compresses.</summary>
    public static long MaxStoredBytes(long plainBytes) => plainBytes + StoredBytes(plainBytes / 4 + PlainBytes, plainBytes);

    /// <summary>Compresses one frame.</summary>
    /// <param name="frame">At least <see cref="MaxFrameBytes"/> long.</param>
    /// <returns>How many bytes it takes.</returns>
    public static int Compress(ReadOnlySpan<byte> plain, byte[] frame)
    {
        using var target = new MemoryStream(frame);
        using var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(plain);
        // Ends on a whole byte, and not with the last block, which only comes when the stream is disposed.
        deflate.Flush();
        return (int)target.Position;
    }

    /// <summary>Whether the beginning of content becomes smaller, which says enough of the rest.</summary>
    public static bool IsWorth(ReadOnlySpan<byte> plain)
    {
        var frame = System.Buffers.ArrayPool<byte>.Shared.Rent(MaxFrameBytes);
        try
        {
            long stored = Header.Length + TrailerBytes;
            for (var at = 0; at < plain.Length; at += PlainBytes)
                stored += Compress(plain.Slice(at, Math.Min(PlainBytes, plain.Length - at)), frame) + IndexEntryBytes;
            return stored < plain.Length;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
