using CacheFunctions.Content;

namespace CacheFunctions.Directories;

/// <summary>A file of a directory that can be read, whole or in parts: always the version that was found. What is opened outlives it.</summary>
public sealed class DirectoryDownload : IDisposable
{
    private readonly DirectoryContents _contents;
    private readonly DirectoryPath _path;
    private readonly DirectoryBlob _blob;
    private readonly UnreadContent? _unread;

    /// <param name="unread">What was asked for with it; null: nothing.</param>
    internal DirectoryDownload(DirectoryContents contents, DirectoryPath path, DirectoryBlob blob, UnreadContent? unread) =>
        (_contents, _path, _blob, _unread) = (contents, path, blob, unread);

    public ContentItem File => _blob.Item;

    /// <summary>
    /// Opens a part, decompressed. No storage transaction if this instance keeps it or storage has sent it already, else one; two where
    /// it is compressed.
    /// </summary>
    /// <param name="length">How many bytes; null: to the end.</param>
    /// <exception cref="Errors.CacheException">NotFound; Conflict: it was replaced; find it again.</exception>
    public Task<Stream> OpenAsync(long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        _contents.OpenAsync(_path, _blob, offset, length, cancellation);

    /// <summary>As <see cref="OpenAsync"/>, the gzip stream (RFC 1952) as which a compressed file is stored.</summary>
    public Task<Stream> OpenGzipAsync(CancellationToken cancellation = default) => _contents.OpenGzipAsync(_path, _blob, cancellation);

    /// <summary>Ends what storage sends and nobody reads.</summary>
    public void Dispose() => _unread?.Dispose();
}
