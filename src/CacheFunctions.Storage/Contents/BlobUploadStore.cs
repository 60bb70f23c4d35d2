using System.Runtime.InteropServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Uploads;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Contents;

/// <summary>Uploads as append blobs: a piece is appended only where it belongs, so the blob's length is what has come.</summary>
public sealed class BlobUploadStore(StorageAccount account) : IUploadStore
{
    // An append blob takes so many pieces, of so many bytes.
    private const int MaxPieces = 50_000;

    private readonly BlobContainerClient _container = account.Blobs.GetBlobContainerClient(ContentName.Uploads);

    public int MaxPieceBytes => 4 << 20;

    public long MaxBytes => (long)MaxPieces * MaxPieceBytes;

    public async Task CreateAsync(string id, CancellationToken cancellation)
    {
        var once = new AppendBlobCreateOptions { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } };
        try
        {
            try
            {
                await Blob(id).CreateAsync(once, cancellation);
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
                await Blob(id).CreateAsync(once, cancellation);
            }
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            // There already: the reply to the first try was lost.
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<long?> LengthAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return (await Blob(id).GetPropertiesAsync(cancellationToken: cancellation)).Value.ContentLength;
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<bool> AppendAsync(string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        try
        {
            using var content = Held(piece);
            var options = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = offset } };
            await Blob(id).AppendBlockAsync(content, options, cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.ErrorCode == "BlockCountExceedsLimit")
        {
            throw new CacheException(ErrorCode.TooLarge, $"The upload came in {MaxPieces} pieces, and there may be no more. Begin a new one, in larger pieces.");
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return false;
        }
        catch (RequestFailedException error) when (error.Status == 412)
        {
            // Of another writer, or its own, if the reply to the first try was lost.
            return await HoldsAsync(id, offset, piece, cancellation);
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<Stream?> OpenAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return new StorageReadStream((await Blob(id).DownloadStreamingAsync(cancellationToken: cancellation)).Value.Content);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task DeleteAsync(string id, CancellationToken cancellation)
    {
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(prefix: id, cancellationToken: cancellation))
                await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // There is nothing to delete.
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private async Task<bool> HoldsAsync(string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, piece.Length) };
            var there = (await Blob(id).DownloadContentAsync(options, cancellation)).Value.Content;
            return there.ToMemory().Span.SequenceEqual(piece.Span);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 416)
        {
            return false;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private static MemoryStream Held(ReadOnlyMemory<byte> piece) => MemoryMarshal.TryGetArray(piece, out var bytes)
        ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
        : new MemoryStream(piece.ToArray(), writable: false);

    private static bool IsFailure(Exception error, CancellationToken cancellation) => StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested;

    private AppendBlobClient Blob(string id) => _container.GetAppendBlobClient(id);
}
