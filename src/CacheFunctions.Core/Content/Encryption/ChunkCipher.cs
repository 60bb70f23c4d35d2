using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CacheFunctions.Content.Encryption;

/// <summary>
/// AES-256-GCM over chunks of 64 KiB under a key that serves one content only. A chunk's place is its nonce, so one that was
/// moved, repeated or taken from elsewhere does not open. How many chunks there are is for the header to say, which is sealed
/// under the same key with a nonce that no chunk has.
/// </summary>
internal sealed class ChunkCipher(ReadOnlySpan<byte> key) : IDisposable
{
    public const int KeyBytes = 32;
    public const int PlainBytes = 64 << 10;
    public const int TagBytes = 16;
    public const int StoredBytes = PlainBytes + TagBytes;

    private const int NonceBytes = 12;

    private readonly AesGcm _aes = new(key, TagBytes);

    /// <summary>What encrypted content begins with, so that it is known for such also when its header is gone.</summary>
    public static ReadOnlySpan<byte> Magic => "CacheFunctions\u001a\u0001"u8;

    public static long CountOf(long plainBytes) => (plainBytes + PlainBytes - 1) / PlainBytes;

    public static long StoredLength(long plainBytes) => Magic.Length + plainBytes + CountOf(plainBytes) * TagBytes;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <param name="chunk">The plain bytes, and room for the tag behind them.</param>
    public void Seal(long index, Span<byte> chunk)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], index);
        var plain = chunk[..^TagBytes];
        _aes.Encrypt(nonce, plain, plain, chunk[^TagBytes..]);
    }

    /// <param name="chunk">As stored; its beginning becomes the plain bytes.</param>
    /// <exception cref="CryptographicException">It is not the chunk that was sealed for this place. No byte was given out.</exception>
    public void Open(long index, Span<byte> chunk)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], index);
        var plain = chunk[..^TagBytes];
        _aes.Decrypt(nonce, plain, chunk[^TagBytes..], plain);
    }

    public byte[] SealHeader(ReadOnlySpan<byte> header)
    {
        var tag = new byte[TagBytes];
        _aes.Encrypt(HeaderNonce, [], [], tag, header);
        return tag;
    }

    /// <exception cref="CryptographicException">It is not the header that was sealed.</exception>
    public void OpenHeader(ReadOnlySpan<byte> header, ReadOnlySpan<byte> tag) => _aes.Decrypt(HeaderNonce, [], tag, [], header);

    public void Dispose() => _aes.Dispose();

    // A chunk's begins with four zeros.
    private static ReadOnlySpan<byte> HeaderNonce => [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0];
}
