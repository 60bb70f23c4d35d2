using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Content;
using CacheFunctions.Files;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Contents;

/// <summary>Content in Blob Storage. A container is made when the first write finds it missing.</summary>
public sealed class BlobContentStore(StorageAccount account, TimeProvider time) : IContentStore
{
    // Up to here a body is held, so that a failed request can be sent again.
    private const int HeldBytes = 4 << 20;

    // Up to here one request carries all; it costs one transaction where blocks would cost one each.
    private const long SingleRequestBytes = 256L << 20;

    private const int BlockBytes = 8 << 20;

    // Of compressed content: how long it is decompressed.
    private const string PlainBytesProperty = "cfplain";

    private readonly BlobPresigner _presigner = new(account.Blobs, time);

    // Containers known to be there.
    private readonly ConcurrentDictionary<string, bool> _containers = new(StringComparer.Ordinal);

    public async Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        if (length <= HeldBytes) await WriteHeldAsync(container, name, content, (int)length.Value, cancellation);
        else await WriteStreamedAsync(container, name, content, length, cancellation);
    }

    public async Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation)
    {
        long plain = 0;
        FileFacts Facts()
        {
            plain = plainBytes();
            return new FileFacts(
                "application/octet-stream",
                new Dictionary<string, string> { [PlainBytesProperty] = plain.ToString(CultureInfo.InvariantCulture) });
        }

        var written = await new BlobFileStore(account, container, time)
            .WriteAsync(name, content, maxBytes, Facts, new WriteCondition(replaces?.Version), cancellation);
        return written is null ? null : new ContentItem(name, written.WrittenAt, written.SizeBytes, written.Version, plain);
    }

    public Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation) =>
        OpenAsync(container, name, new BlobDownloadOptions { Range = new HttpRange(offset, length) }, cancellation);

    public Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        var conditions = new BlobRequestConditions { IfMatch = new ETag(item.Version) };
        return OpenAsync(
            container, item.Name, new BlobDownloadOptions { Range = new HttpRange(offset, length), Conditions = conditions }, cancellation);
    }

    private async Task<Stream?> OpenAsync(
        string container, string name, BlobDownloadOptions options, CancellationToken cancellation)
    {
        try
        {
            var download = await Client(container, name).DownloadStreamingAsync(options, cancellation);
            return new StorageReadStream(download.Value.Content);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 412)
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation)
    {
        await using var source = new ForwardStream(content, null);
        try
        {
            await EnsureContainerAsync(container, cancellation);
            var blob = account.Container(container).GetBlockBlobClient(name);
            var ids = await BlobBlocks.StageAsync(blob, source, BlobBlocks.DefaultBytes, progress, cancellation);
            return await BlobBlocks.CommitOnceAsync(blob, ids, cancellation);
        }
        catch (Exception) when (source.SourceError is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
            throw;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation)
    {
        try
        {
            var found = (await Client(container, name).GetPropertiesAsync(cancellationToken: cancellation)).Value;
            return new ContentItem(name, found.LastModified, found.ContentLength, Version(found.ETag), PlainBytes(found.Metadata, found.ContentLength));
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

    public async Task<(ContentItem Item, Stream? Content)?> BeginAsync(
        string container, string name, ContentItem? known, CancellationToken cancellation)
    {
        try
        {
            var begun = await BlobBeginning.OfAsync(Client(container, name), known?.Version, cancellation);
            if (begun is not { } answer) return (known!.Value, null);
            var found = answer.Details;
            var item = new ContentItem(name, found.LastModified, found.ContentLength, Version(found.ETag), PlainBytes(found.Metadata, found.ContentLength));
            return (item, answer.Content);
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

    public async Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation)
    {
        try
        {
            var copy = await Client(container, to).StartCopyFromUriAsync(Client(container, from).Uri, cancellationToken: cancellation);
            await copy.WaitForCompletionAsync(cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return false;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<PresignedUpload?> PresignUploadAsync(
        string container, string name, TimeSpan lifetime, CancellationToken cancellation)
    {
        try
        {
            // Whoever uploads cannot make it.
            await EnsureContainerAsync(container, cancellation);
            return await _presigner.UploadAsync(Client(container, name), lifetime, cancellation);
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation)
    {
        try
        {
            return await Client(container, name).DeleteIfExistsAsync(cancellationToken: cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return false;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async IAsyncEnumerable<ContentItem> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var client = account.Container(container);
        await using var blobs = client.GetBlobsAsync(BlobTraits.Metadata, prefix: prefix, cancellationToken: cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(blobs, cancellation)) yield return Item(blobs.Current);
    }

    private static ContentItem Item(BlobItem blob)
    {
        var (at, size) = (blob.Properties.LastModified!.Value, blob.Properties.ContentLength!.Value);
        return new ContentItem(blob.Name, at, size, Version(blob.Properties.ETag!.Value), PlainBytes(blob.Metadata, size));
    }

    /// <summary>What cannot be true, as nobody of this service wrote it, says nothing.</summary>
    private static long? PlainBytes(IDictionary<string, string>? metadata, long sizeBytes)
    {
        // Names of properties come back in any case.
        var text = metadata?.FirstOrDefault(each => each.Key.Equals(PlainBytesProperty, StringComparison.OrdinalIgnoreCase)).Value;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var plain) && ContentItem.IsCompressedSize(sizeBytes, plain) ? plain : null;
    }

    /// <summary>Listings give it without quotes, headers with.</summary>
    private static string Version(ETag tag) => tag.ToString().Trim('"');

    private async Task WriteHeldAsync(
        string container, string name, Stream content, int length, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            await content.ReadExactlyAsync(buffer.AsMemory(0, length), cancellation);
            using var held = new MemoryStream(buffer, 0, length, writable: false);
            await UploadAsync(container, name, held, SingleRequest, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteStreamedAsync(
        string container, string name, Stream content, long? length, CancellationToken cancellation)
    {
        await using var forward = new ForwardStream(content, length);
        try
        {
            // A large body cannot be sent twice, so the container must be there before.
            await EnsureContainerAsync(container, cancellation);
            await UploadAsync(
                container, name, forward, length <= SingleRequestBytes ? SingleRequest : Blocks, cancellation);
        }
        catch (Exception) when (forward.SourceError is { } source)
        {
            ExceptionDispatchInfo.Throw(source);
        }
    }

    private async Task UploadAsync(
        string container, string name, Stream content, StorageTransferOptions transfer, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobUploadOptions { TransferOptions = transfer };
            try
            {
                await Client(container, name).UploadAsync(content, options, cancellation);
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                await CreateContainerAsync(container, cancellation);
                content.Position = 0;
                await Client(container, name).UploadAsync(content, options, cancellation);
            }
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private async Task EnsureContainerAsync(string container, CancellationToken cancellation)
    {
        if (!_containers.ContainsKey(container)) await CreateContainerAsync(container, cancellation);
    }

    private async Task CreateContainerAsync(string container, CancellationToken cancellation)
    {
        await account.Container(container).CreateIfNotExistsAsync(cancellationToken: cancellation);
        _containers[container] = true;
    }

    private static StorageTransferOptions SingleRequest => new()
    {
        InitialTransferSize = SingleRequestBytes,
        MaximumTransferSize = BlockBytes,
        MaximumConcurrency = 1,
    };

    private static StorageTransferOptions Blocks => new()
    {
        InitialTransferSize = BlockBytes,
        MaximumTransferSize = BlockBytes,
        MaximumConcurrency = 1,
    };

    private static async Task<bool> NextAsync(IAsyncEnumerator<BlobItem> blobs, CancellationToken cancellation)
    {
        try
        {
            return await blobs.MoveNextAsync();
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return false;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private static bool IsFailure(Exception error, CancellationToken cancellation) =>
        StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested;

    private BlobClient Client(string container, string name) =>
        account.Container(container).GetBlobClient(name);
}
