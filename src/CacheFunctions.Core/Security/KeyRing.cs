using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Security;

/// <summary>
/// The keys of a deployment by id: the current one wraps and signs, all of them open what they wrapped. A key is retired by
/// making another current, and removed once nothing is wrapped by it any more.
/// </summary>
public sealed class KeyRing
{
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly IReadOnlyDictionary<string, byte[]> _keys;
    private readonly Dictionary<string, byte[]> _signing = new(StringComparer.Ordinal);

    /// <param name="keys">Each 32 bytes.</param>
    /// <param name="current">One of their ids.</param>
    public KeyRing(IReadOnlyDictionary<string, byte[]> keys, string current)
    {
        if (!keys.ContainsKey(current)) throw new ArgumentException("The current key is not in the ring.", nameof(current));
        (_keys, Current) = (keys, current);
        foreach (var (id, key) in keys)
            _signing[id] = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: "CacheFunctions signed addresses 1"u8.ToArray());
    }

    /// <summary>A key that everybody knows.</summary>
    public static byte[] DevelopmentKey { get; } = SHA256.HashData("CacheFunctions: the development key, which is no secret"u8);

    /// <summary>For development on one machine.</summary>
    public static KeyRing Development { get; } = new(new Dictionary<string, byte[]> { ["development"] = DevelopmentKey }, "development");

    public string Current { get; }

    public int Count => _keys.Count;

    public bool IsDevelopment => ReferenceEquals(this, Development);

    /// <returns><c>{key id}.{base64 of nonce, wrapped bytes and tag}</c>.</returns>
    /// <param name="purpose">What the wrapped key is for; it opens for nothing else.</param>
    public string Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var box = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[Current], TagBytes);
        aes.Encrypt(nonce, secret, box.AsSpan(NonceBytes, secret.Length), box.AsSpan(NonceBytes + secret.Length), Associated(Current, purpose));
        return $"{Current}.{Convert.ToBase64String(box)}";
    }

    /// <exception cref="CryptographicException">It is not what was wrapped, or not for this purpose.</exception>
    /// <exception cref="KeyNotFoundException">Its key is not in the ring; the message is the key's id.</exception>
    public byte[] Unwrap(string wrapped, string purpose)
    {
        var id = IdOf(wrapped);
        if (!_keys.TryGetValue(id, out var key)) throw new KeyNotFoundException(id);
        var box = new byte[wrapped.Length];
        if (!Convert.TryFromBase64String(wrapped[Math.Min(wrapped.Length, id.Length + 1)..], box, out var length) || length < NonceBytes + TagBytes)
            throw new CryptographicException("A wrapped key is malformed.");
        var secret = new byte[length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, secret.Length), box.AsSpan(NonceBytes + secret.Length, TagBytes), secret, Associated(id, purpose));
        return secret;
    }

    /// <summary>Whether it was wrapped by another key than the current one.</summary>
    public bool IsOutdated(string wrapped) => IdOf(wrapped) != Current;

    public byte[] Sign(ReadOnlySpan<byte> message) => HMACSHA256.HashData(_signing[Current], message);

    /// <summary>Compares in constant time.</summary>
    public bool IsSigned(string keyId, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _signing.TryGetValue(keyId, out var key) && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, message), signature);

    private static string IdOf(string wrapped) => wrapped.IndexOf('.') is >= 0 and var end ? wrapped[..end] : wrapped;

    private static byte[] Associated(string id, string purpose) => Encoding.UTF8.GetBytes($"CacheFunctions key 1\n{id}\n{purpose}");
}
