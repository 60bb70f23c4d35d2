using System.Numerics;
using System.Runtime.InteropServices;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), which processors compute by themselves at several GB/s: against damage, not against
/// forgery, for who can write a snapshot can write the rows too.
/// </summary>
internal struct Crc32C()
{
    private uint _value = uint.MaxValue;

    public readonly uint Value => ~_value;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var whole = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var each in whole) _value = BitOperations.Crc32C(_value, each);
        foreach (var each in bytes[(whole.Length * sizeof(ulong))..]) _value = BitOperations.Crc32C(_value, each);
    }
}
