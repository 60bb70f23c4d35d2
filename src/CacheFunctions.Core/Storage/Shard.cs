using System.Globalization;

namespace CacheFunctions.Storage;

/// <summary>A table is divided into shards; each is one partition and one transaction domain with a log of its own.</summary>
public static class Shard
{
    /// <summary>What a new deployment gets. Fixed at its first start, because ids carry their shard.</summary>
    public const int DefaultCount = 64;

    public static string Partition(int shard) => shard.ToString("x2", CultureInfo.InvariantCulture);

    /// <summary>Each shard has one range of hashes, so that what begins alike lies together.</summary>
    /// <param name="hash">An evenly spread hash of at least four bytes.</param>
    public static int Of(ReadOnlySpan<byte> hash, int count) =>
        (int)((ulong)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash) * (uint)count >> 32);
}
