using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Urls;

/// <summary>Uploads straight to storage that become files only once their length and hash are found right.</summary>
internal sealed class StagedUploads(FileLog log, FileChanges changes, IContentStore contents)
{
    // For who uploads at the last moment and commits after.
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(1);

    public async Task<FileUrl> BeginAsync(Caller caller, FileAddress address, string contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        var shard = log.ShardOf(address);
        var upload = new StagedUpload(StagedUpload.NewId(shard, log.NewId()), address, contentType, log.Now + lifetime);
        var target = await contents.PresignUploadAsync(ContentName.Uploads, upload.Id, lifetime, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "This storage takes no uploads of its own. PUT the file.");
        var trigger = Trigger.Of(caller);
        var operation = new Operation("file_upload_staged", address.Entity, address.BlobName, trigger.By, trigger.UserId, "an address was asked for");
        await log.Table.CommitAsync(shard, new Change().Insert(upload.Key, upload.Values).Log(operation));
        return new FileUrl(target.Url, target.Method, target.Headers, target.ExpiresAt, upload.Id);
    }

    /// <summary>
    /// Makes it the file. Safe to repeat: until the answer of a commit is recorded, committing again writes the same bytes; after it,
    /// nothing.
    /// </summary>
    public async Task<FileAddress> CommitAsync(Caller caller, string uploadId, long sizeBytes, string sha256, CancellationToken cancellation)
    {
        var unknown = CacheException.NotFound("upload_id: there is no such upload (any more). Ask for a new address.");
        if (StagedUpload.ShardOf(uploadId, log.Table.ShardCount) is not { } shard) throw unknown;
        var row = await log.Table.GetAsync(shard, StagedUpload.KeyOf(uploadId), cancellation) ?? throw unknown;
        var upload = StagedUpload.Read(row);
        // Of what belongs to others nobody learns that it is there.
        if (upload.Address.Space.UserId is { } user && !caller.MayActFor(user)) throw unknown;
        FileRights.RequireMayWrite(caller, upload.Address.Space);
        if (upload.Committed is { } before)
        {
            if (!before.Equals(sha256, StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid("sha256", "is not that of what was committed.");
            return upload.Address;
        }

        // This version alone: whoever has the address could still write there.
        var item = await contents.FindAsync(ContentName.Uploads, uploadId, cancellation) ?? throw CacheException.NotFound("upload_id: nothing was uploaded under it.");
        if (item.SizeBytes != sizeBytes) throw WrongSize(sizeBytes, item.SizeBytes);
        await using var stream = item.SizeBytes == 0 ? Stream.Null : await contents.OpenVersionAsync(ContentName.Uploads, item, 0, null, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "upload_id: what was uploaded was replaced at this moment. Try again.");
        var file = new NewFile(stream, item.SizeBytes, upload.ContentType, Encrypt: false);
        await changes.UploadAsync(upload.Address, file, FileConditions.None, Trigger.Of(caller), Verify, cancellation);
        await RecordAsync(shard, row, upload with { Committed = sha256 }, caller);
        return upload.Address;

        void Verify(long size, string hash)
        {
            if (size != sizeBytes) throw WrongSize(sizeBytes, size);
            if (!hash.Equals(sha256, StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid("sha256", $"is not that of what was uploaded ({hash}).");
        }
    }

    /// <summary>Forgets what expired more than a day ago, with what was uploaded. One query a shard when there is nothing to do.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        for (var shard = 0; shard < log.Table.ShardCount; shard++)
        {
            var rows = new List<Row>();
            await foreach (var row in log.Table.QueryAsync(shard, StagedUpload.All, cancellation)) rows.Add(row);
            foreach (var row in rows.Where(row => StagedUpload.Read(row).ExpiresAt + KeptAfterExpiry <= log.Now))
            {
                var upload = StagedUpload.Read(row);
                await contents.DeleteAsync(ContentName.Uploads, upload.Id, cancellation);
                await ChangeAsync(shard, new Change().Delete(row), upload, "file_upload_forgotten", Trigger.Timer);
            }
        }
    }

    private async Task RecordAsync(int shard, Row row, StagedUpload upload, Caller caller)
    {
        // Another commit of the same upload has recorded the same.
        await ChangeAsync(shard, new Change().Replace(row, upload.Values), upload, "file_upload_committed", Trigger.Of(caller));
        await contents.DeleteAsync(ContentName.Uploads, upload.Id, CancellationToken.None);
    }

    private async Task ChangeAsync(int shard, Change change, StagedUpload upload, string type, Trigger trigger)
    {
        try
        {
            await log.Table.CommitAsync(shard, change.Log(new Operation(type, upload.Address.Entity, upload.Address.BlobName, trigger.By, trigger.UserId, $"upload {upload.Id}")));
        }
        catch (RowConflictException)
        {
            // Done by somebody else meanwhile.
        }
    }

    private static CacheException WrongSize(long said, long actual) => CacheException.Invalid("size_bytes", $"is {said}, but {actual} bytes were uploaded.");
}
