using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// Finds a text in others, whatever the case of ASCII letters; other letters were folded beforehand on both sides. The
/// first and the last byte are compared at 32 places at once ("generic SIMD", W. Muła, http://0x80.pl/articles/simd-strfind.html),
/// and only where both fit is the rest looked at.
/// </summary>
internal sealed class SubstringSearch
{
    private readonly byte[] _needle;
    private readonly Vector256<byte> _first;
    private readonly Vector256<byte> _firstLower;
    private readonly Vector256<byte> _last;
    private readonly Vector256<byte> _lastLower;

    public SubstringSearch(string text)
    {
        _needle = Encoding.UTF8.GetBytes(FoldedText.Of(text));
        if (_needle.Length == 0) return;
        (_first, _firstLower) = BothCases(_needle[0]);
        (_last, _lastLower) = BothCases(_needle[^1]);
    }

    /// <summary>O(<paramref name="length"/>) for ordinary texts.</summary>
    /// <param name="buffer">Holds at least <see cref="PathTexts.Slack"/> bytes after the text.</param>
    public bool IsIn(byte[] buffer, int at, int length)
    {
        if (_needle.Length == 0) return true;
        var places = length - _needle.Length + 1;
        ref var text = ref MemoryMarshal.GetArrayDataReference(buffer);
        for (var place = 0; place < places; place += Vector256<byte>.Count)
        {
            var first = Vector256.LoadUnsafe(ref text, (nuint)(at + place));
            var last = Vector256.LoadUnsafe(ref text, (nuint)(at + place + _needle.Length - 1));
            var both = (Vector256.Equals(first, _first) | Vector256.Equals(first, _firstLower))
                & (Vector256.Equals(last, _last) | Vector256.Equals(last, _lastLower));
            var candidates = both.ExtractMostSignificantBits();
            if (places - place < Vector256<byte>.Count) candidates &= (1u << (places - place)) - 1;
            for (; candidates != 0; candidates &= candidates - 1)
            {
                var found = at + place + BitOperations.TrailingZeroCount(candidates);
                if (Fits(buffer.AsSpan(found, _needle.Length))) return true;
            }
        }

        return false;
    }

    private static (Vector256<byte> Upper, Vector256<byte> Lower) BothCases(byte value) =>
        (Vector256.Create(value), Vector256.Create(value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value + 32) : value));

    private bool Fits(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i < text.Length - 1; i++)
            if (FoldedText.Upper(text[i]) != _needle[i]) return false;
        return true;
    }
}
