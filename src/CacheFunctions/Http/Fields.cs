using CacheFunctions.Errors;

namespace CacheFunctions.Http;

/// <summary>Checks of request fields, which name the field and the limit.</summary>
internal static class Fields
{
    public const int MaxUserIdLength = 128;

    public static string Required(string name, string? value) =>
        string.IsNullOrEmpty(value) ? throw CacheException.Invalid(name, "is required.") : value;

    public static string UserId(string? value) => UserId("user_id", Required("user_id", value));

    public static string UserId(string name, string value)
    {
        if (value.Length > MaxUserIdLength) throw CacheException.Invalid(name, $"is longer than {MaxUserIdLength} characters.");
        if (value.Any(char.IsControl)) throw CacheException.Invalid(name, "must not hold control characters.");
        return value;
    }
}
