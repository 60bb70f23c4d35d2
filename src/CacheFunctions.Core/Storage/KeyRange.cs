namespace CacheFunctions.Storage;

/// <summary>Row keys from <paramref name="From"/> up to <paramref name="Before"/> (not included), in ordinal order.</summary>
/// <param name="FromExcluded">Whether <paramref name="From"/> itself is left out.</param>
public readonly record struct KeyRange(string From, string Before, bool FromExcluded = false)
{
    /// <summary>Every key that begins with <paramref name="prefix"/>.</summary>
    public static KeyRange Prefix(string prefix) => new(prefix, Next(prefix));

    /// <summary>Every key after <paramref name="key"/> that begins with <paramref name="prefix"/>.</summary>
    public static KeyRange After(string key, string prefix) => new(key, Next(prefix), FromExcluded: true);

    private static string Next(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);
}
