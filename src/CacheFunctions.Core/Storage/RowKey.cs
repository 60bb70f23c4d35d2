using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Storage;

/// <summary>
/// Any text as part of a row's key. The table service forbids / \ # ? and control characters; | and % are this
/// service's own. Two texts never give one key.
/// </summary>
public static class RowKey
{
    // The service takes 512 characters (1 KiB) in a whole key; the emulator no more.
    private const int MaxLength = 300;

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsPlain(rune)) escaped.Append(rune.ToString());
            else escaped.Append(CultureInfo.InvariantCulture, $"%{rune.Value:X}%");
        }

        // A hash cannot be mistaken for an escaped text: that has no lone ~ at its beginning.
        return escaped.Length <= MaxLength ? escaped.ToString() : "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Letters and digits of any script, and few signs.</summary>
    private static bool IsPlain(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.' or '@' or ' ' or ':' or '+' or ',';
}
