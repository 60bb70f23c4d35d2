namespace CacheFunctions.Storage;

/// <summary>Row keys from <paramref name="From"/> (included) up to <paramref name="Before"/> (not included), in ordinal order.</summary>
public readonly record struct KeyRange(string From, string Before)
{
    /// <summary>Every key that begins with <paramref name="prefix"/>.</summary>
    public static KeyRange Prefix(string prefix) => new(prefix, Next(prefix));

    /// <summary>Every key after <paramref name="key"/> that begins with <paramref name="prefix"/>.</summary>
    public static KeyRange After(string key, string prefix) => new(key + '\u0001', Next(prefix));

    private static string Next(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);
}
