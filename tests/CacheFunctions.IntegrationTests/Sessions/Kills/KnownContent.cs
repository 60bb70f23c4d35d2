using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CacheFunctions.IntegrationTests.Sessions.Kills;

/// <summary>Content that tells which version it is, and whose every byte follows from that: any mixture is recognised.</summary>
internal static class KnownContent
{
    private const int HeaderBytes = 12;

    public static byte[] Make(Version version, int size)
    {
        var bytes = new byte[size];
        // Unlike what a file has that was made longer and not written.
        bytes.AsSpan(Math.Max(0, size - sizeof(ulong))).Fill(0xA5);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, version.Writer);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), version.Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), size);
        var state = ((ulong)version.Writer << 32 | (uint)version.Number) * 0x9E3779B97F4A7C15 + 1;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(HeaderBytes)))
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word = state;
        }

        return bytes;
    }

    /// <returns>null: it is no version, or not one whole version.</returns>
    public static Version? Recognise(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)) != bytes.Length) return null;
        var version = new Version(BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)));
        return bytes.AsSpan().SequenceEqual(Make(version, bytes.Length)) ? version : null;
    }

    /// <param name="Number">From 1; 0 is what stood in the origin at first.</param>
    public sealed record Version(int Writer, int Number);
}
