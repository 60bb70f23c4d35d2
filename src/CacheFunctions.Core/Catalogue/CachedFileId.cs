using System.Security.Cryptography;
using System.Text;

namespace CacheFunctions.Catalogue;

/// <summary>
/// The identity of a cached file: a UUID (version 8) made from its path's SHA-256, so that finding it by id and by path
/// are both point reads and one path is never cached twice.
/// </summary>
public readonly record struct CachedFileId(Guid Value)
{
    private const int Length = 16;

    /// <param name="identity">The canonical path: the same for all spellings of one file.</param>
    public static CachedFileId Of(string identity)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = Encoding.UTF8.GetMaxByteCount(identity.Length) <= 1024 ? stackalloc byte[1024] : new byte[Encoding.UTF8.GetMaxByteCount(identity.Length)];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(identity, text)], hash);
        // RFC 9562: version and variant bits. The first four bytes, which give the shard, stay as they are.
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new CachedFileId(new Guid(hash[..Length], bigEndian: true));
    }

    /// <returns>Whether the text is a UUID.</returns>
    public static bool TryParse(string text, out CachedFileId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new CachedFileId(value);
        return parsed;
    }

    public int Shard(int count)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Storage.Shard.Of(bytes, count);
    }

    public override string ToString() => Value.ToString("D");
}
