using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Http;

/// <summary>Checks of request fields, which name the field and the limit.</summary>
internal static class Fields
{
    public const int MaxUserIdLength = 128;

    public static string Required(string name, string? value) =>
        string.IsNullOrEmpty(value) ? throw CacheException.Invalid(name, "is required.") : value;

    /// <summary>What is kept as the caller wrote it, whether or not it is also the path that is opened.</summary>
    public static string Path(string name, string? value)
    {
        var path = Required(name, value);
        if (System.Text.Encoding.UTF8.GetByteCount(path) > PathRules.MaxPathBytes)
            throw CacheException.Invalid(name, $"is longer than {PathRules.MaxPathBytes} bytes.");
        if (ControlCharacters.AreIn(path)) throw CacheException.Invalid(name, "must not hold control characters.");
        return path;
    }

    /// <summary>A text that people read: no control characters, not empty.</summary>
    public static string Text(string name, string? value, int maxLength)
    {
        var text = Required(name, value);
        if (text.Length > maxLength) throw CacheException.Invalid(name, $"is longer than {maxLength} characters.");
        if (ControlCharacters.AreIn(text)) throw CacheException.Invalid(name, "must not hold control characters.");
        return text;
    }

    public static string Sha256(string? value)
    {
        var sha256 = Required("sha256", value);
        return sha256.Length == 64 && sha256.All(char.IsAsciiHexDigit) ? sha256 : throw CacheException.Invalid("sha256", "must be 64 hex digits.");
    }

    public static long UploadedBytes(long? value) =>
        value is >= 0 ? value.Value : throw CacheException.Invalid("size_bytes", "is required: how many bytes were uploaded, 0 or more.");

    public static string UserId(string? value) => UserId("user_id", Required("user_id", value));

    public static string UserId(string name, string value)
    {
        if (value.Length > MaxUserIdLength) throw CacheException.Invalid(name, $"is longer than {MaxUserIdLength} characters.");
        if (ControlCharacters.AreIn(value)) throw CacheException.Invalid(name, "must not hold control characters.");
        return value;
    }
}
