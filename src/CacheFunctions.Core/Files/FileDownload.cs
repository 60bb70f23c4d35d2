using CacheFunctions.Files.Stored;

namespace CacheFunctions.Files;

/// <summary>A file that can be read, whole or in parts: always the version that was found.</summary>
public sealed class FileDownload
{
    private readonly StoredFile _file;
    private readonly FileReader _reader;

    internal FileDownload(StoredFile file, FileReader reader)
    {
        (_file, _reader) = (file, reader);
        File = file.Information;
    }

    public FileInformation File { get; }

    /// <summary>The length of the gzip stream in which it is kept; null: it is not compressed.</summary>
    public long? GzipBytes => _file.Header?.GzipBytes;

    /// <param name="length">How many bytes; null: to the end.</param>
    /// <returns>Reading it fails with <see cref="FileDownloadError"/> before a byte that is not what was uploaded; it never ends early.</returns>
    /// <exception cref="FileDownloadError"/>
    /// <exception cref="Errors.CacheException">Conflict: it was replaced meanwhile.</exception>
    public Task<Stream> OpenAsync(long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        FileErrors.NamedAsync(() => _reader.OpenAsync(_file, offset, length ?? File.SizeBytes - offset, cancellation));

    /// <summary>As <see cref="OpenAsync"/>, the gzip stream as it is kept (RFC 1952). Only if <see cref="GzipBytes"/> says that there is one.</summary>
    public Task<Stream> OpenGzipAsync(CancellationToken cancellation = default) =>
        FileErrors.NamedAsync(() => _reader.OpenGzipAsync(_file, cancellation));
}
