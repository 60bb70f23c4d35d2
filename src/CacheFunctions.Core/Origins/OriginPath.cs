using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Origins;

/// <summary>A file of an origin. Its hash is its identity in ids, shards and locks.</summary>
/// <param name="Path">Relative and normalised: the name under which it is opened.</param>
/// <param name="NasPath">The path as callers know it: the origin's prefix and the relative path.</param>
public sealed record OriginPath(IOrigin Origin, string Path, string NasPath)
{
    // Not everybody who resolves a path asks for it.
    private byte[]? _hash;

    public ReadOnlySpan<byte> Hash => HashBytes;

    /// <summary>The hash in lower-case hex, for keys.</summary>
    public string Id => Convert.ToHexStringLower(HashBytes);

    private byte[] HashBytes => _hash ??= SHA256.HashData(Encoding.UTF8.GetBytes(Origin.Name + "\n" + Origin.Rules.Canonical(Path)));
}
