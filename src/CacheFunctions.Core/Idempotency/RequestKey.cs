using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Security;

namespace CacheFunctions.Idempotency;

/// <summary>A caller's Idempotency-Key, as the hash under which its effect is remembered.</summary>
public static class RequestKey
{
    /// <summary>How long a key stands for its first request (design section 5, rule 9).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The same key of another caller, or on another call, is another key.</summary>
    /// <param name="key">As the caller gave it.</param>
    public static string Of(Caller caller, string method, string path, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.UserId}\n{method}\n{path}\n{key}")));
}
