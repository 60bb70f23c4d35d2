using System.Security.Cryptography;
using CacheFunctions.Content;
using CacheFunctions.Content.Compression;
using CacheFunctions.Content.Encryption;

namespace CacheFunctions.Files.Stored;

/// <summary>Writes a file: hashes, compresses and encrypts it as it streams through. Memory is bounded, whatever the length.</summary>
/// <param name="maxCopyBytes">Up to how many stored bytes are given back too, where that is asked for.</param>
internal sealed class FileWriter(IFileStore store, FileEnvelope envelope, int maxCopyBytes)
{
    /// <param name="draft">The header, but for what only the whole content tells.</param>
    /// <param name="check">Told length and hash before anything is visible; may refuse by throwing.</param>
    /// <returns>null: <paramref name="condition"/> did not hold, or another write ended at the same moment.</returns>
    public async Task<WrittenFile?> WriteAsync(
        FileHeader draft, NewFile file, Action<long, string> check, WriteCondition condition, CancellationToken cancellation)
    {
        await using var hashing = new HashingStream(file.Content);
        var (isWorth, plain) = file.Compress ? await CompressionTrial.OfAsync(hashing, cancellation) : (false, hashing);
        await using var gzip = isWorth ? new CompressingStream(plain) : null;
        var key = ChunkCipher.NewKey();
        using var cipher = new ChunkCipher(key);
        await using var encrypting = file.Encrypt ? new EncryptingStream(gzip ?? plain, cipher) : null;
        var stored = encrypting ?? gzip ?? plain;
        await using var copying = file.CacheContent && maxCopyBytes > 0 ? new CopyingStream(stored, maxCopyBytes) : null;
        try
        {
            FileHeader? header = null;
            var blob = await store.WriteAsync(
                draft.Name,
                copying ?? stored,
                MaxStored(file),
                () =>
                {
                    var (size, hash) = (hashing.BytesRead, hashing.Sha256());
                    check(size, hash);
                    var inner = gzip is null ? size : GzipFrames.StoredBytes(gzip.GzipBytes, size);
                    header = draft with
                    {
                        SizeBytes = size,
                        Sha256 = hash,
                        GzipBytes = gzip?.GzipBytes,
                        Chunks = file.Encrypt ? ChunkCipher.CountOf(inner) : null,
                        StoredBytes = file.Encrypt ? ChunkCipher.StoredLength(inner) : inner,
                    };
                    return new FileFacts(draft.ContentType, envelope.Write(header, key));
                },
                condition,
                cancellation);
            return blob is null ? null : new WrittenFile(blob, header!, copying?.Copy());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    // Compression makes it a little longer at the worst; that it comes at all is decided by the content.
    private static long? MaxStored(NewFile file) =>
        file.Length is { } length ? ChunkCipher.StoredLength(GzipFrames.MaxStoredBytes(length)) : null;
}

/// <param name="Copy">Its bytes as they are stored; null: they are too many, or nobody asked for them.</param>
internal sealed record WrittenFile(FileBlob Blob, FileHeader Header, byte[]? Copy);
