using CacheFunctions.Content;
using CacheFunctions.Content.Compression;
using CacheFunctions.Content.Encryption;
using CacheFunctions.Errors;

namespace CacheFunctions.Files.Stored;

/// <summary>Reads files back, whole or in parts, each byte only once it was found genuine.</summary>
internal sealed class FileReader(IFileStore store, FileEnvelope envelope)
{
    /// <summary>One storage transaction. Header, length and identity are checked.</summary>
    /// <returns>null: there is no such file.</returns>
    /// <exception cref="FileDownloadError">It is damaged, or its key is missing.</exception>
    public async Task<StoredFile?> FindAsync(FileAddress address, CancellationToken cancellation) =>
        await store.FindAsync(address.BlobName, cancellation) is { } blob ? Read(address, blob) : null;

    /// <exception cref="FileDownloadError">As <see cref="FindAsync"/>.</exception>
    public StoredFile Read(FileAddress address, FileBlob blob) =>
        envelope.Open(blob) is { } opened ? new StoredFile(address, blob, opened.Header, opened.Key) : new StoredFile(address, blob, null, null);

    /// <summary>Opens a part. One storage transaction; two if the file is compressed and longer than a frame.</summary>
    /// <returns>Reading it fails with <see cref="FileDownloadError"/> at the first byte that is not what was uploaded.</returns>
    /// <exception cref="CacheException">Conflict: it was replaced meanwhile.</exception>
    public async Task<Stream> OpenAsync(StoredFile file, long offset, long length, CancellationToken cancellation)
    {
        if (length == 0) return Stream.Null;
        if (file.Header is not { } header) return await OpenForeignAsync(file, offset, length, cancellation);
        try
        {
            OpenSpan inner = Inner(file);
            var stream = header.GzipBytes is { } gzip
                ? await new CompressedContent(header.SizeBytes, gzip).OpenAsync(inner, offset, length, cancellation)
                : await inner(offset, length, cancellation);
            return new GenuineStream(stream, header.Name);
        }
        catch (Exception error) when (GenuineStream.IsDamage(error))
        {
            throw FileEnvelope.Damaged(header.Name, error);
        }
    }

    /// <summary>Opens the gzip stream of a compressed file, for who decompresses it.</summary>
    public async Task<Stream> OpenGzipAsync(StoredFile file, CancellationToken cancellation) =>
        new GenuineStream(await Inner(file)(0, file.Header!.GzipBytes!.Value, cancellation), file.Blob.Name);

    /// <summary>What lies below compression.</summary>
    private OpenSpan Inner(StoredFile file)
    {
        if (file.Header!.Chunks is null) return (offset, length, cancellation) => OpenBlobAsync(file, offset, length, cancellation);
        var plain = file.Header.GzipBytes is { } gzip ? GzipFrames.StoredBytes(gzip, file.Header.SizeBytes) : file.Header.SizeBytes;
        return (offset, length, cancellation) => new EncryptedContent(plain).OpenAsync(
            (from, count, token) => OpenBlobAsync(file, from, count, token), new ChunkCipher(file.Key), offset, length, cancellation);
    }

    /// <summary>What was uploaded straight to storage is served as it is; but not what looks like a file that has lost its envelope.</summary>
    private async Task<Stream> OpenForeignAsync(StoredFile file, long offset, long length, CancellationToken cancellation)
    {
        var beginning = new byte[Math.Min(FileEnvelope.BeginningBytes, file.Blob.SizeBytes)];
        await using (var stream = await OpenBlobAsync(file, 0, beginning.Length, cancellation)) await stream.ReadExactlyAsync(beginning, cancellation);
        if (FileEnvelope.HasLost(beginning)) throw FileEnvelope.Damaged(file.Blob.Name);
        return await OpenBlobAsync(file, offset, length, cancellation);
    }

    private async Task<Stream> OpenBlobAsync(StoredFile file, long offset, long length, CancellationToken cancellation) =>
        await store.OpenAsync(file.Blob, offset, length, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, $"'{file.Blob.Name}' was replaced at this moment. Ask again.");
}
