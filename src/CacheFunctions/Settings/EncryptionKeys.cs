using System.Security.Cryptography;
using CacheFunctions.Security;

namespace CacheFunctions.Settings;

/// <summary>The key ring as the settings say: <c>Encryption:Keys:{id}</c>, <c>Encryption:CurrentKey</c> and the document's <c>STORAGE_ENCRYPTION_KEY</c>.</summary>
public static class EncryptionKeys
{
    private const string Documented = "STORAGE_ENCRYPTION_KEY";

    // The id under which the document's key is known.
    private const string DocumentedId = "storage";

    private const int MinDistinctBytes = 12;

    /// <returns>null: no key is set.</returns>
    /// <exception cref="Errors.CacheException">A key is malformed or weak, or it is not said which is the current one.</exception>
    public static KeyRing? Read(SettingsReader read)
    {
        read.RequireKnown("Encryption", "Keys", "CurrentKey");
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var id in read.Names("Encryption:Keys"))
        {
            var name = $"Encryption:Keys:{id}";
            if (id.Length > 64 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw SettingsReader.Wrong(name, "must have an id of at most 64 letters, digits, - and _.");
            if (id is DocumentedId or "development") throw SettingsReader.Wrong(name, $"must have another id: '{id}' stands for a key of its own.");
            keys[id] = Key(name, read.Text(name));
        }

        if (read.Text(Documented) is { } documented) keys[DocumentedId] = Key(Documented, documented);
        var current = read.Text("Encryption:CurrentKey");
        if (current is not null && !keys.ContainsKey(current))
            throw SettingsReader.Wrong("Encryption:CurrentKey", $"is '{current}', but there is no such key; there are {(keys.Count == 0 ? "none" : string.Join(", ", keys.Keys))}.");
        if (keys.Count == 0) return null;
        if (current is null && keys.Count > 1)
            throw SettingsReader.Wrong("Encryption:CurrentKey", $"is missing; it says which of {string.Join(", ", keys.Keys)} encrypts what is new.");
        return new KeyRing(keys, current ?? keys.Keys.Single());
    }

    public static Errors.CacheException Missing() => SettingsReader.Wrong(
        "Encryption:Keys:{id}", $"is missing, and so is {Documented}: files are encrypted with it. Make one with: openssl rand -base64 32");

    // The value is never said: it may be nearly right.
    private static byte[] Key(string name, string? text)
    {
        const string how = "make one with: openssl rand -base64 32";
        var key = new byte[64];
        if (!Convert.TryFromBase64String((text ?? "").Replace('-', '+').Replace('_', '/'), key, out var length) || length != KeyRing.KeyBytes)
            throw SettingsReader.Wrong(name, $"must be {KeyRing.KeyBytes} random bytes in base64; {how}");
        key = key[..length];
        if (key.Distinct().Count() < MinDistinctBytes || CryptographicOperations.FixedTimeEquals(key, KeyRing.DevelopmentKey))
            throw SettingsReader.Wrong(name, $"is weak: it must be {KeyRing.KeyBytes} random bytes in base64; {how}");
        return key;
    }
}
