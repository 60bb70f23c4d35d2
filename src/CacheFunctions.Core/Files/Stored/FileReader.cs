using CacheFunctions.Content;
using CacheFunctions.Content.Compression;
using CacheFunctions.Content.Encryption;
using CacheFunctions.Content.Hot;

namespace CacheFunctions.Files.Stored;

/// <summary>Reads files back, whole or in parts, each byte only once it was found genuine.</summary>
/// <param name="hot">Keeps bytes as they are stored, encrypted ones encrypted.</param>
internal sealed class FileReader(IFileStore store, FileEnvelope envelope, HotContent hot)
{
    /// <summary>Of one version of a blob, whose bytes never change.</summary>
    public static ContentKey KeyOf(FileBlob blob) => new(ContentName.Files, blob.Name, blob.Version);

    /// <summary>One storage transaction. Header, length and identity are checked.</summary>
    /// <param name="known">As it was found before, if it was; given back if it still is the same version.</param>
    /// <param name="unread">Takes its content, unless that is kept here; null: the content is not wanted.</param>
    /// <returns>null: there is no such file.</returns>
    /// <exception cref="FileDownloadError">It is damaged, or its key is missing.</exception>
    public async Task<StoredFile?> FindAsync(FileAddress address, StoredFile? known, UnreadContent? unread, CancellationToken cancellation)
    {
        if (unread is null)
        {
            if (await store.FindAsync(address.BlobName, cancellation) is not { } blob) return null;
            return blob.Version == known?.Blob.Version ? known : Read(address, blob);
        }

        var kept = known is not null && hot.Keeps(KeyOf(known.Blob), known.Blob.SizeBytes) ? known : null;
        if (await store.BeginAsync(address.BlobName, kept?.Blob, cancellation) is not { } begun) return null;
        if (begun.Content is null) return kept;
        unread.Come(begun.Content);
        return Read(address, begun.Blob) with { Unread = unread };
    }

    /// <exception cref="FileDownloadError">As <see cref="FindAsync"/>.</exception>
    public StoredFile Read(FileAddress address, FileBlob blob) =>
        envelope.Open(blob) is { } opened ? new StoredFile(address, blob, opened.Header, opened.Key) : new StoredFile(address, blob, null, null);

    /// <summary>
    /// Opens a part. No storage transaction when it is kept here; else one, or two if the file is compressed and longer than a frame.
    /// </summary>
    /// <returns>Reading it fails with <see cref="FileDownloadError"/> at the first byte that is not what was uploaded.</returns>
    /// <exception cref="FileReplacedError">It was replaced since it was found.</exception>
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
        // First, so that what is fetched for it serves both.
        var content = await OpenBlobAsync(file, offset, length, cancellation);
        try
        {
            await using (var stream = await OpenBlobAsync(file, 0, beginning.Length, cancellation)) await stream.ReadExactlyAsync(beginning, cancellation);
            if (FileEnvelope.HasLost(beginning)) throw FileEnvelope.Damaged(file.Blob.Name);
            return content;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> OpenBlobAsync(StoredFile file, long offset, long length, CancellationToken cancellation)
    {
        var blob = file.Blob;
        var source = new ContentSource(
            KeyOf(blob),
            blob.SizeBytes,
            (from, count, cancelled) => store.OpenAsync(blob, from, count ?? blob.SizeBytes - from, cancelled),
            file.Unread);
        return await hot.OpenAsync(source, offset, length, cancellation) ?? throw new FileReplacedError(file.Address);
    }
}
