using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Urls;

/// <summary>Uploads straight to storage that become files only once their length and hash are found right.</summary>
internal sealed class StagedUploads
{
    // For who uploads at the last moment and commits after.
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(1);

    private readonly FileLog _log;
    private readonly FileChanges _changes;
    private readonly IContentStore _contents;
    private readonly PatientWork<Commit, FileAddress> _commits;

    public StagedUploads(FileLog log, FileChanges changes, IContentStore contents, JobRunner jobs, FileSettings settings)
    {
        (_log, _changes, _contents) = (log, changes, contents);
        _commits = new PatientWork<Commit, FileAddress>(jobs, "file_commit", settings.LargeBytes, CommitAsync);
    }

    public async Task<FileUrl> BeginAsync(Caller caller, FileAddress address, string contentType, TimeSpan lifetime, CancellationToken cancellation)
    {
        var shard = _log.ShardOf(address);
        var upload = new StagedUpload(StagedUpload.NewId(shard, _log.NewId()), address, contentType, _log.Now + lifetime);
        var target = await _contents.PresignUploadAsync(ContentName.Uploads, upload.Id, lifetime, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "This storage takes no uploads of its own. PUT the file.");
        var trigger = Trigger.Of(caller);
        var operation = new Operation("file_upload_staged", address.Entity, address.BlobName, trigger.By, trigger.UserId, "an address was asked for");
        await _log.Table.CommitAsync(shard, new Change().Insert(upload.Key, upload.Values).Log(operation));
        return new FileUrl(target.Url, target.Method, target.Headers, target.ExpiresAt, upload.Id);
    }

    /// <summary>
    /// Makes it the file. Safe to repeat: until the answer of a commit is recorded, committing again writes the same bytes; after it,
    /// nothing.
    /// </summary>
    public async Task<PatientResult<FileAddress>> CommitAsync(Caller caller, string uploadId, long sizeBytes, string sha256, CancellationToken cancellation)
    {
        var (_, _, upload) = await FindAsync(uploadId, cancellation);
        // Of what belongs to others nobody learns that it is there.
        if (upload.Address.Space.UserId is { } user && !caller.MayActFor(user)) throw Unknown();
        FileRights.RequireMayWrite(caller, upload.Address.Space);
        var commit = new Commit(uploadId, sizeBytes, sha256, Trigger.Of(caller));
        if (upload.Committed is not null) return new PatientResult<FileAddress>(Committed(upload, commit), null);
        await RequireUploadedAsync(commit, cancellation);
        return await _commits.DoAsync(commit, uploadId, upload.Address.BlobName, upload.Address.Space.UserId, sizeBytes);
    }

    /// <summary>Forgets what expired more than a day ago, with what was uploaded. One query a shard when there is nothing to do.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        for (var shard = 0; shard < _log.Table.ShardCount; shard++)
        {
            var rows = new List<Row>();
            await foreach (var row in _log.Table.QueryAsync(shard, StagedUpload.All, cancellation)) rows.Add(row);
            foreach (var row in rows.Where(row => StagedUpload.Read(row).ExpiresAt + KeptAfterExpiry <= _log.Now))
            {
                var upload = StagedUpload.Read(row);
                await _contents.DeleteAsync(ContentName.Uploads, upload.Id, cancellation);
                await ChangeAsync(shard, new Change().Delete(row), upload, "file_upload_forgotten", Trigger.Timer);
            }
        }
    }

    private async Task<FileAddress> CommitAsync(Commit commit, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (shard, row, upload) = await FindAsync(commit.UploadId, cancellation);
        if (upload.Committed is not null) return Committed(upload, commit);
        // This version alone: whoever has the address could still write there.
        var item = await RequireUploadedAsync(commit, cancellation);
        await using var stream = item.SizeBytes == 0 ? Stream.Null : await _contents.OpenVersionAsync(ContentName.Uploads, item, 0, null, cancellation)
            ?? throw new CacheException(ErrorCode.Conflict, "upload_id: what was uploaded was replaced at this moment. Try again.");
        var content = progress is null ? stream : new ReportingStream(stream, progress);
        var file = new NewFile(content, item.SizeBytes, upload.ContentType, Encrypt: false);
        await _changes.UploadAsync(upload.Address, file, FileConditions.None, commit.Trigger, Verify, cancellation);
        await RecordAsync(shard, row, upload with { Committed = commit.Sha256 }, commit.Trigger);
        return upload.Address;

        void Verify(long size, string hash)
        {
            if (size != commit.SizeBytes) throw WrongSize(commit.SizeBytes, size);
            if (!hash.Equals(commit.Sha256, StringComparison.OrdinalIgnoreCase)) throw CacheException.Invalid("sha256", $"is not that of what was uploaded ({hash}).");
        }
    }

    private static FileAddress Committed(StagedUpload upload, Commit commit) => upload.Committed!.Equals(commit.Sha256, StringComparison.OrdinalIgnoreCase)
        ? upload.Address
        : throw CacheException.Invalid("sha256", "is not that of what was committed.");

    private async Task<(int Shard, Row Row, StagedUpload Upload)> FindAsync(string uploadId, CancellationToken cancellation)
    {
        if (StagedUpload.ShardOf(uploadId, _log.Table.ShardCount) is not { } shard) throw Unknown();
        var row = await _log.Table.GetAsync(shard, StagedUpload.KeyOf(uploadId), cancellation) ?? throw Unknown();
        return (shard, row, StagedUpload.Read(row));
    }

    private async Task<ContentItem> RequireUploadedAsync(Commit commit, CancellationToken cancellation)
    {
        var item = await _contents.FindAsync(ContentName.Uploads, commit.UploadId, cancellation) ?? throw CacheException.NotFound("upload_id: nothing was uploaded under it.");
        return item.SizeBytes == commit.SizeBytes ? item : throw WrongSize(commit.SizeBytes, item.SizeBytes);
    }

    private async Task RecordAsync(int shard, Row row, StagedUpload upload, Trigger trigger)
    {
        // Another commit of the same upload has recorded the same.
        await ChangeAsync(shard, new Change().Replace(row, upload.Values), upload, "file_upload_committed", trigger);
        await _contents.DeleteAsync(ContentName.Uploads, upload.Id, CancellationToken.None);
    }

    private async Task ChangeAsync(int shard, Change change, StagedUpload upload, string type, Trigger trigger)
    {
        try
        {
            await _log.Table.CommitAsync(shard, change.Log(new Operation(type, upload.Address.Entity, upload.Address.BlobName, trigger.By, trigger.UserId, $"upload {upload.Id}")));
        }
        catch (RowConflictException)
        {
            // Done by somebody else meanwhile.
        }
    }

    private static CacheException WrongSize(long said, long actual) => CacheException.Invalid("size_bytes", $"is {said}, but {actual} bytes were uploaded.");

    private static CacheException Unknown() => CacheException.NotFound("upload_id: there is no such upload (any more). Ask for a new address.");

    private sealed record Commit(string UploadId, long SizeBytes, string Sha256, Trigger Trigger);
}
