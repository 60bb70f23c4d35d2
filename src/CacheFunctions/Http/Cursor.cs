using System.Buffers.Text;
using System.Text;
using CacheFunctions.Errors;

namespace CacheFunctions.Http;

/// <summary>A text as an opaque cursor.</summary>
internal static class Cursor
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string Write(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static string? Read(string? cursor)
    {
        if (cursor is null) return null;
        try
        {
            return Strict.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
        }
    }
}
