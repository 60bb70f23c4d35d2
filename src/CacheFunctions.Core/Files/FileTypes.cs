using System.Text.Json;
using CacheFunctions.Errors;

namespace CacheFunctions.Files;

/// <summary>Checks of what describes a file.</summary>
public static class FileTypes
{
    public const string Default = "application/octet-stream";

    private const int MaxLength = 255;

    // With the rest of the header, in base64, it must fit into the 8 KiB of a blob's properties.
    private const int MaxMetadataBytes = 4_000;

    /// <param name="field">The caller's name for it.</param>
    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static string Check(string field, string? type)
    {
        if (string.IsNullOrEmpty(type)) return Default;
        var parts = type.Split(';', 2)[0].Trim().Split('/');
        return type.Length <= MaxLength && type.All(c => c is >= ' ' and <= '~') && parts.Length == 2 && parts.All(IsToken)
            ? type
            : throw CacheException.Invalid(field, $"must be a media type as image/jpeg, of at most {MaxLength} ASCII characters.");
    }

    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static IReadOnlyDictionary<string, string> Check(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return new Dictionary<string, string>();
        foreach (var (key, value) in metadata)
        {
            if (key.Length == 0) throw CacheException.Invalid("metadata", "must not have an empty key.");
            if (value is null) throw CacheException.Invalid("metadata", $"must have a text for '{key}'.");
        }

        return JsonSerializer.SerializeToUtf8Bytes(metadata).Length <= MaxMetadataBytes
            ? metadata
            : throw CacheException.Invalid("metadata", $"is longer than {MaxMetadataBytes} bytes as JSON.");
    }

    // RFC 9110, section 5.6.2; and a letter or digit first (RFC 6838, section 4.2).
    private static bool IsToken(string text) => text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
