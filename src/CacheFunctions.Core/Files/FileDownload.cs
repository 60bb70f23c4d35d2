using CacheFunctions.Content;
using CacheFunctions.Files.Stored;

namespace CacheFunctions.Files;

/// <summary>A file that can be read, whole or in parts: always the version that was found. What is opened outlives it.</summary>
public sealed class FileDownload : IDisposable
{
    private readonly StoredFile _file;
    private readonly FileReader _reader;
    private readonly UnreadContent? _unread;
    private readonly Action _replaced;

    /// <param name="unread">What was asked for with it; null: nothing.</param>
    /// <param name="replaced">Told when another version is found to stand there by now.</param>
    internal FileDownload(StoredFile file, FileReader reader, UnreadContent? unread, Action replaced)
    {
        (_file, _reader, _unread, _replaced) = (file, reader, unread, replaced);
        File = file.Information;
    }

    public FileInformation File { get; }

    /// <summary>The length of the gzip stream in which it is kept; null: it is not compressed.</summary>
    public long? GzipBytes => _file.Header?.GzipBytes;

    /// <param name="length">How many bytes; null: to the end.</param>
    /// <returns>Reading it fails with <see cref="FileDownloadError"/> before a byte that is not what was uploaded; it never ends early.</returns>
    /// <exception cref="FileDownloadError"/>
    /// <exception cref="FileReplacedError">It was replaced since it was found. Ask the file manager again.</exception>
    public Task<Stream> OpenAsync(long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        OpenedAsync(() => _reader.OpenAsync(_file, offset, length ?? File.SizeBytes - offset, cancellation));

    /// <summary>As <see cref="OpenAsync"/>, the gzip stream as it is kept (RFC 1952). Only if <see cref="GzipBytes"/> says that there is one.</summary>
    public Task<Stream> OpenGzipAsync(CancellationToken cancellation = default) =>
        OpenedAsync(() => _reader.OpenGzipAsync(_file, cancellation));

    /// <summary>Ends what storage sends and nobody reads.</summary>
    public void Dispose() => _unread?.Dispose();

    private async Task<Stream> OpenedAsync(Func<Task<Stream>> open)
    {
        try
        {
            return await FileErrors.NamedAsync(open);
        }
        catch (FileReplacedError)
        {
            _replaced();
            throw;
        }
    }
}
