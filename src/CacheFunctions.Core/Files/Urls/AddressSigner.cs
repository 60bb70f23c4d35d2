using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Files.Urls;

/// <summary>
/// Addresses of this service that need no key: an HMAC-SHA256 over version, verb, name, expiry and user, by a key of the ring.
/// </summary>
public sealed class AddressSigner(KeyRing ring, TimeProvider time)
{
    /// <summary>The query parameters of a signed address.</summary>
    public const string Version = "sv", Expiry = "se", User = "su", KeyId = "sk", Signature = "sig";

    private const string CurrentVersion = "1";

    /// <returns>The query, without its question mark.</returns>
    public string Sign(string verb, string name, DateTimeOffset expiresAt, string? userId)
    {
        var expiry = expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Base64Url.EncodeToString(ring.Sign(Message(verb, name, expiry, userId)));
        var user = userId is null ? "" : $"&{User}={Uri.EscapeDataString(userId)}";
        return $"{Version}={CurrentVersion}&{Expiry}={expiry}{user}&{KeyId}={Uri.EscapeDataString(ring.Current)}&{Signature}={signature}";
    }

    /// <exception cref="CacheException">Forbidden: it was not signed so, or its time is over. Which of them is not said of one that was not signed.</exception>
    public void Require(string verb, string name, Func<string, string?> query)
    {
        var (expiry, signature) = (query(Expiry) ?? "", query(Signature) ?? "");
        var bytes = new byte[64];
        var isSigned = query(Version) == CurrentVersion
            && signature.Length <= 64 && Base64Url.IsValid(signature) && Base64Url.TryDecodeFromChars(signature, bytes, out var length)
            // One spelling of a signature only.
            && Base64Url.EncodeToString(bytes.AsSpan(0, length)) == signature
            && ring.IsSigned(query(KeyId) ?? "", Message(verb, name, expiry, query(User)), bytes.AsSpan(0, length));
        if (!isSigned) throw new CacheException(ErrorCode.Forbidden, "The address is not one that this service signed. Ask for a new one.");
        // What was signed is a number.
        if (long.Parse(expiry, CultureInfo.InvariantCulture) <= time.GetUtcNow().ToUnixTimeSeconds())
            throw new CacheException(ErrorCode.Forbidden, "The address has expired. Ask for a new one.");
    }

    // Names and ids hold no line breaks.
    private static byte[] Message(string verb, string name, string expiry, string? userId) =>
        Encoding.UTF8.GetBytes($"{CurrentVersion}\n{verb}\n{name}\n{expiry}\n{(userId is null ? "" : "u" + userId)}");
}
