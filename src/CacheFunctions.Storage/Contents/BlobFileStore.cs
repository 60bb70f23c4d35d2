using System.Buffers;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Security;
using CacheFunctions.Storage.Accounts;

namespace CacheFunctions.Storage.Contents;

/// <summary>Files in one container of Blob Storage. The container is made when the first write finds it missing.</summary>
/// <param name="container">Its name.</param>
public sealed class BlobFileStore(StorageAccount account, string container, TimeProvider time, RandomIds? ids = null) : IFileStore
{
    // Up to here one request carries content and properties; it can be sent again.
    private const int HeldBytes = 4 << 20;

    private readonly RandomIds _ids = ids ?? RandomIds.Secure;
    private readonly BlobContainerClient _container = account.Blobs.GetBlobContainerClient(container);
    private readonly BlobPresigner _presigner = new(account.Blobs, time);

    public Task<FileBlob?> FindAsync(string name, CancellationToken cancellation) => OrNullAsync<FileBlob>(
        async () =>
        {
            var found = (await Blob(name).GetPropertiesAsync(cancellationToken: cancellation)).Value;
            return new FileBlob(name, Version(found.ETag), found.ContentLength, found.LastModified, found.ContentType, Read(found.Metadata));
        },
        cancellation,
        404);

    public async Task<(FileBlob Blob, Stream? Content)?> BeginAsync(string name, FileBlob? known, CancellationToken cancellation)
    {
        try
        {
            if (await BlobBeginning.OfAsync(Blob(name), known?.Version, cancellation) is not { } begun) return (known!, null);
            var found = begun.Details;
            return (new FileBlob(name, Version(found.ETag), found.ContentLength, found.LastModified, found.ContentType, Read(found.Metadata)), begun.Content);
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

    public Task<Stream?> OpenAsync(FileBlob blob, long offset, long length, CancellationToken cancellation) => OrNullAsync<Stream>(
        async () =>
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, length), Conditions = If(blob) };
            return new StorageReadStream((await Blob(blob.Name).DownloadStreamingAsync(options, cancellation)).Value.Content);
        },
        cancellation,
        404,
        412);

    public async Task<FileBlob?> WriteAsync(
        string name, Stream content, long? maxBytes, Func<FileFacts> facts, WriteCondition condition, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes + 1 ?? BlobBlocks.DefaultBytes, BlobBlocks.DefaultBytes));
        try
        {
            var conditions = new BlobRequestConditions
            {
                IfMatch = condition.Version is { } version ? new ETag(version) : null,
                IfNoneMatch = condition.MustBeNew ? ETag.All : null,
            };
            // Not in a call to storage: what goes wrong here is the source's.
            var count = await content.ReadAtLeastAsync(buffer, buffer.Length, false, cancellation);
            return count < buffer.Length && count <= HeldBytes
                ? await WriteHeldAsync(name, buffer, count, facts(), conditions, cancellation)
                : await WriteBlocksAsync(name, buffer, count, content, facts, conditions, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public async Task<bool> ChangePropertiesAsync(FileBlob blob, IReadOnlyDictionary<string, string> properties, CancellationToken cancellation) =>
        await OrNullAsync<object>(
            async () => await Blob(blob.Name).SetMetadataAsync(new Dictionary<string, string>(properties), If(blob), cancellation), cancellation, 404, 412) is not null;

    public async Task<bool> DeleteAsync(FileBlob blob, CancellationToken cancellation) =>
        await OrNullAsync<object>(async () => await Blob(blob.Name).DeleteAsync(conditions: If(blob), cancellationToken: cancellation), cancellation, 404, 412) is not null;

    public async Task<(IReadOnlyList<FileBlob> Page, string? Cursor)> ListAsync(string prefix, int take, string? cursor, CancellationToken cancellation)
    {
        try
        {
            var pages = _container.GetBlobsAsync(BlobTraits.Metadata, prefix: prefix, cancellationToken: cancellation).AsPages(cursor, take);
            await foreach (var page in pages)
                return ([.. page.Values.Select(Read)], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
            return ([], null);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return ([], null);
        }
        catch (RequestFailedException error) when (error.Status == 400 && cursor is not null)
        {
            throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.");
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<PresignedUpload> PresignUploadAsync(string name, string contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        try
        {
            // Whoever uploads cannot make it.
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            return await _presigner.ReplaceAsync(Blob(name), contentType, lifetime, cancellation);
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    public async Task<Uri> PresignDownloadAsync(string name, string fileName, string contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        try
        {
            return await _presigner.DownloadAsync(Blob(name), fileName, contentType, lifetime, cancellation);
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private Task<FileBlob?> WriteHeldAsync(
        string name, byte[] buffer, int count, FileFacts facts, BlobRequestConditions conditions, CancellationToken cancellation) => InContainerAsync(
        async () =>
        {
            using var held = new MemoryStream(buffer, 0, count, writable: false);
            var options = new BlobUploadOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = facts.ContentType },
                Metadata = new Dictionary<string, string>(facts.Properties),
                Conditions = conditions,
            };
            var written = (await Blocks(name).UploadAsync(held, options, cancellation)).Value;
            return new FileBlob(name, Version(written.ETag), count, written.LastModified, facts.ContentType, facts.Properties);
        },
        cancellation);

    private async Task<FileBlob?> WriteBlocksAsync(
        string name, byte[] buffer, int count, Stream content, Func<FileFacts> facts, BlobRequestConditions conditions, CancellationToken cancellation)
    {
        // Names that no other upload has: blocks of two must not be mixed.
        var (upload, blocks, length) = (_ids.Next(), new List<string>(), 0L);
        for (; count > 0; count = await content.ReadAtLeastAsync(buffer, buffer.Length, false, cancellation))
        {
            var id = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{upload}-{blocks.Count:d6}"));
            var held = count;
            await InContainerAsync<object>(
                async () =>
                {
                    using var block = new MemoryStream(buffer, 0, held, writable: false);
                    return await Blocks(name).StageBlockAsync(id, block, cancellationToken: cancellation);
                },
                cancellation);
            blocks.Add(id);
            length += held;
        }

        var known = facts();
        return await InContainerAsync(
            async () =>
            {
                var options = new CommitBlockListOptions
                {
                    HttpHeaders = new BlobHttpHeaders { ContentType = known.ContentType },
                    Metadata = new Dictionary<string, string>(known.Properties),
                    Conditions = conditions,
                };
                var written = (await Blocks(name).CommitBlockListAsync(blocks, options, cancellation)).Value;
                return new FileBlob(name, Version(written.ETag), length, written.LastModified, known.ContentType, known.Properties);
            },
            cancellation);
    }

    /// <returns>null: a condition did not hold, or another write has swept this one's blocks away.</returns>
    private async Task<T?> InContainerAsync<T>(Func<Task<T>> work, CancellationToken cancellation) where T : class
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return await OrNullAsync(
                async () =>
                {
                    await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
                    return await work();
                },
                cancellation,
                412,
                409);
        }
        catch (RequestFailedException error) when (error.Status is 412 or 409 || error.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    /// <param name="statuses">Answers that mean that it is not there, or no longer so.</param>
    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> work, CancellationToken cancellation, params int[] statuses) where T : class
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException error) when (statuses.Contains(error.Status))
        {
            return null;
        }
        catch (Exception error) when (IsFailure(error, cancellation))
        {
            throw StorageErrors.Translate(error);
        }
    }

    private static FileBlob Read(BlobItem blob) => new(
        blob.Name,
        Version(blob.Properties.ETag!.Value),
        blob.Properties.ContentLength!.Value,
        blob.Properties.LastModified!.Value,
        blob.Properties.ContentType ?? "",
        Read(blob.Metadata));

    // Names of properties come back in any case.
    private static Dictionary<string, string> Read(IDictionary<string, string>? metadata) =>
        new(metadata ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);

    private static BlobRequestConditions If(FileBlob blob) => new() { IfMatch = new ETag(blob.Version) };

    /// <summary>Listings give it without quotes, headers with.</summary>
    private static string Version(ETag tag) => tag.ToString().Trim('"');

    private static bool IsFailure(Exception error, CancellationToken cancellation) => StorageErrors.IsTransport(error) && !cancellation.IsCancellationRequested;

    private BlobClient Blob(string name) => _container.GetBlobClient(name);

    private BlockBlobClient Blocks(string name) => _container.GetBlockBlobClient(name);
}
