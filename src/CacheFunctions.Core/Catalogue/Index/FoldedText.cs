using System.Text;

namespace CacheFunctions.Catalogue.Index;

/// <summary>
/// The form in which texts are compared: NFC, then upper case, both without any culture. So two spellings that a reader
/// takes for one are found as one, and the same on every machine.
/// </summary>
internal static class FoldedText
{
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text.ToUpperInvariant();
        // Half a surrogate pair has no UTF-8 and no normal form, U+FFFE and U+FFFF have none that the framework gives: they
        // become the replacement character.
        var sound = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\uFFFE', '\uFFFD').Replace('\uFFFF', '\uFFFD');
        return sound.Normalize(NormalizationForm.FormC).ToUpperInvariant();
    }

    /// <summary>Upper case of the ASCII letters among eight bytes, at once.</summary>
    public static ulong Upper(ulong bytes)
    {
        const ulong Each = 0x0101010101010101;
        var low = bytes & (0x7F * Each);
        var aboveZ = low + ((0x7F - 'z') * Each);
        var fromA = low + ((0x80 - 'a') * Each);
        var letters = ~bytes & (fromA ^ aboveZ) & (0x80 * Each);
        return bytes ^ (letters >> 2);
    }

    public static byte Upper(byte value) => value is >= (byte)'a' and <= (byte)'z' ? (byte)(value - 32) : value;
}
