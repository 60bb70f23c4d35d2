using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Files;

/// <summary>One file: its space, and its name in it.</summary>
public sealed record FileAddress
{
    private readonly byte[] _hash;

    private FileAddress(FileSpace space, string filename)
    {
        (Space, Filename) = (space, filename);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(BlobName));
    }

    public FileSpace Space { get; }

    public string Filename { get; }

    /// <summary>Its name in the container, exactly that of the source document.</summary>
    public string BlobName => Space.Prefix + Filename;

    internal ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The key of its history in the log.</summary>
    internal string Entity => Convert.ToHexStringLower(_hash.AsSpan(0, 16));

    /// <exception cref="Errors.CacheException">InvalidArgument, naming what is wrong.</exception>
    public static FileAddress Of(string domain, StorageLevel level, string filename, string? userId = null) =>
        Of(FileSpace.Of(domain, level, userId), filename);

    /// <exception cref="Errors.CacheException">InvalidArgument, naming what is wrong.</exception>
    public static FileAddress Of(FileSpace space, string? filename) => new(space, FileName.Check(space, filename));

    /// <summary>Of a blob's name.</summary>
    /// <returns>null: no file of this service has such a name.</returns>
    internal static FileAddress? Read(string blobName)
    {
        var parts = blobName.Split('/', 4);
        try
        {
            return parts switch
            {
                [var domain, "app", ..] => Of(domain, StorageLevel.App, blobName[(domain.Length + 5)..]),
                [var domain, "user", var user, var name] => Of(domain, StorageLevel.User, name, user),
                _ => null,
            };
        }
        catch (Errors.CacheException)
        {
            return null;
        }
    }

    public bool Equals(FileAddress? other) => other?.BlobName == BlobName;

    public override int GetHashCode() => BlobName.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => BlobName;
}
