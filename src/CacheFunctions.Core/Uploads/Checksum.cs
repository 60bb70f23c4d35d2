using System.Security.Cryptography;
using CacheFunctions.Errors;

namespace CacheFunctions.Uploads;

/// <summary>What the bytes of one request must hash to.</summary>
public sealed record Checksum(HashAlgorithmName Algorithm, byte[] Hash)
{
    private static readonly Dictionary<string, (HashAlgorithmName Name, int Bytes)> Known = new(StringComparer.Ordinal)
    {
        ["sha1"] = (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
        ["sha256"] = (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
        ["md5"] = (HashAlgorithmName.MD5, MD5.HashSizeInBytes),
    };

    /// <summary>The names of those that are known.</summary>
    public static string Algorithms { get; } = string.Join(',', Known.Keys);

    /// <param name="text">As <c>sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=</c>.</param>
    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static Checksum Parse(string field, string text)
    {
        if (text.Split(' ') is [var name, var value] && Known.TryGetValue(name, out var algorithm))
        {
            var hash = new byte[value.Length];
            if (Convert.TryFromBase64String(value, hash, out var length) && length == algorithm.Bytes) return new Checksum(algorithm.Name, hash[..length]);
        }

        throw CacheException.Invalid(field, $"must be one of {Algorithms}, a space, and the hash in base64.");
    }

    public IncrementalHash Begin() => IncrementalHash.CreateHash(Algorithm);

    /// <exception cref="CacheException">ChecksumMismatch.</exception>
    public void Require(IncrementalHash hash)
    {
        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), Hash))
            throw new CacheException(ErrorCode.ChecksumMismatch, "The bytes do not have the hash that Upload-Checksum tells. None of them was kept: send them again.");
    }
}
