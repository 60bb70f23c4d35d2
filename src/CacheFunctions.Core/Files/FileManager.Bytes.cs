using CacheFunctions.Security;

namespace CacheFunctions.Files;

/// <summary>Bytes in and out in one call, with the document's parameters: for files that fit into memory.</summary>
public sealed partial class FileManager
{
    /// <summary>The document's <c>upload_file</c>, and <c>upload_file_with_cache</c> as it stands.</summary>
    /// <param name="cacheContent">As <see cref="NewFile.CacheContent"/>.</param>
    /// <exception cref="FileUploadError">Storage did not take it.</exception>
    public async Task<FileInformation> UploadFileWithCacheAsync(
        Caller caller,
        string domain,
        StorageLevel level,
        string filename,
        ReadOnlyMemory<byte> fileData,
        string contentType = FileTypes.Default,
        string? userId = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool compress = false,
        bool encrypt = true,
        bool cacheContent = true,
        CancellationToken cancellation = default)
    {
        using var content = new MemoryStream(fileData.ToArray(), writable: false);
        var file = new NewFile(content, fileData.Length, contentType, metadata, compress, encrypt, CacheContent: cacheContent);
        return (await UploadFileAsync(caller, FileAddress.Of(domain, level, filename, userId), file, null, cancellation)).File;
    }

    /// <summary>The document's <c>download_file</c>, and <c>download_file_with_cache</c> as it stands.</summary>
    /// <param name="useCache">As for <see cref="DownloadFileAsync(Caller, FileAddress, bool, bool, CancellationToken)"/>.</param>
    /// <exception cref="FileNotFoundError"/>
    /// <exception cref="FileDownloadError">It is damaged, or its key is missing.</exception>
    public async Task<byte[]> DownloadFileWithCacheAsync(
        Caller caller,
        string domain,
        StorageLevel level,
        string filename,
        string? userId = null,
        bool useCache = true,
        CancellationToken cancellation = default)
    {
        var address = FileAddress.Of(domain, level, filename, userId);
        for (var isAgain = false; ; isAgain = true)
        {
            using var download = await DownloadFileAsync(caller, address, useCache, readsWhole: true, cancellation);
            try
            {
                await using var content = await download.OpenAsync(0, null, cancellation);
                var bytes = new byte[download.File.SizeBytes];
                await content.ReadExactlyAsync(bytes, cancellation);
                return bytes;
            }
            catch (FileReplacedError) when (!isAgain)
            {
                // What was remembered of it is forgotten now.
            }
        }
    }
}
