namespace CacheFunctions.Content.Encryption;

/// <summary>Content that was written through an <see cref="EncryptingStream"/>.</summary>
/// <param name="PlainBytes">Its length, as the sealed header says it.</param>
internal readonly record struct EncryptedContent(long PlainBytes)
{
    /// <summary>Opens a part, decrypted: reads the chunks that hold it. No byte is given out before its chunk was found genuine.</summary>
    /// <param name="stored">Opens what was stored.</param>
    /// <param name="cipher">Disposed with the stream.</param>
    /// <returns>Fails with <see cref="System.Security.Cryptography.CryptographicException"/> where a chunk is not genuine.</returns>
    public async Task<Stream> OpenAsync(OpenSpan stored, ChunkCipher cipher, long offset, long length, CancellationToken cancellation)
    {
        if (length == 0) return Stream.Null;
        var (first, last) = (offset / ChunkCipher.PlainBytes, (offset + length - 1) / ChunkCipher.PlainBytes);
        var from = ChunkCipher.Magic.Length + first * ChunkCipher.StoredBytes;
        var to = Math.Min(ChunkCipher.Magic.Length + (last + 1) * ChunkCipher.StoredBytes, ChunkCipher.StoredLength(PlainBytes));
        var chunks = await stored(from, to - from, cancellation);
        var decrypting = new DecryptingStream(chunks, cipher, first, to - from);
        return new SpanOfStream(decrypting, offset - first * ChunkCipher.PlainBytes, length);
    }
}
