using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Files.Urls;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Uploads;

/// <summary>
/// Uploads that may break off and go on, on any instance: what has come lies in storage, and how much that is says where to go on.
/// Once all of it is there it becomes a file or a session's version, by the request that sent the last byte, by the next one that asks,
/// or by the timer.
/// </summary>
public sealed class ResumableUploads
{
    /// <summary>How long an upload that rests is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    // A row is not written for every piece.
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromHours(1);

    private readonly FileLog _log;
    private readonly SessionService _sessions;
    private readonly IUploadStore _store;
    private readonly UploadEnd _end;
    private readonly PieceWriter _pieces;

    public ResumableUploads(FileLog log, FileManager files, SessionService sessions, IUploadStore store, JobRunner jobs, FileSettings settings)
    {
        (_log, _sessions, _store) = (log, sessions, store);
        _end = new UploadEnd(log, files, sessions, store, jobs, settings);
        _pieces = new PieceWriter(store, log);
    }

    /// <summary>In bytes.</summary>
    public long MaxBytes => _store.MaxBytes;

    /// <summary>Begins the upload of a file. One blob write and a table transaction; a file without bytes is there at once.</summary>
    /// <param name="metadata">As <see cref="ResumableUpload.Metadata"/>.</param>
    /// <exception cref="CacheException">Forbidden; TooLarge.</exception>
    public Task<ResumableUpload> CreateAsync(Caller caller, FileTarget file, long length, string metadata, CancellationToken cancellation)
    {
        file.RequireMayWrite(caller);
        return BeginAsync(caller, file, length, metadata, cancellation);
    }

    /// <summary>Begins the upload of a session's next version.</summary>
    /// <param name="conditions">What must hold now, and when the version is saved.</param>
    /// <exception cref="CacheException">What a save would be refused with; TooLarge.</exception>
    public async Task<ResumableUpload> CreateAsync(
        Caller caller, string sessionId, Conditions conditions, long length, string metadata, CancellationToken cancellation)
    {
        var session = await _sessions.RequireMaySaveUploadAsync(caller, sessionId, null, conditions, cancellation);
        return await BeginAsync(caller, new VersionTarget(session.Id, session.UserId, session.NasFilePath, conditions), length, metadata, cancellation);
    }

    /// <summary>A point read and a blob read.</summary>
    /// <exception cref="CacheException">NotFound: there is none (any more); or what refuses what it was to become.</exception>
    public async Task<UploadState> FindAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var (_, found) = await RequireAsync(caller, id, cancellation);
        var (upload, there) = await LengthAsync(caller, found, cancellation);
        // Else a caller that sees all its bytes there would go away, and they would become nothing until the timer comes.
        return IsWhole(upload, there) ? await FinishAsync(upload, null) : new UploadState(upload, there);
    }

    /// <summary>Takes more bytes. What comes is kept, even if it breaks off; but with a checksum it is kept as a whole or not at all.</summary>
    /// <param name="offset">Where they belong.</param>
    /// <param name="length">How many come; null: not known.</param>
    /// <param name="fence">Of the session's lock, if it is another one than when the upload began; null: the same, or there is none.</param>
    /// <exception cref="CacheException">NotFound; Conflict: another offset is next; InvalidArgument: it is more than was announced; ChecksumMismatch;
    /// with the last byte, or after it, what refuses what it was to become.</exception>
    public async Task<UploadState> AppendAsync(
        Caller caller, string id, long offset, Stream content, long? length, Checksum? checksum, long? fence, CancellationToken cancellation)
    {
        var (row, found) = await RequireAsync(caller, id, cancellation);
        if (fence is not null) await _end.RequireFenceAsync(found, fence);
        var (upload, there) = await LengthAsync(caller, found, cancellation);
        // The last piece said again, because its answer was lost: a refusal is answered again, a success by where the upload is.
        var state = IsWhole(upload, there) ? await FinishAsync(upload, fence) : new UploadState(upload, there);
        if (offset != there) throw new CacheException(ErrorCode.Conflict, $"Upload-Offset: is {offset}, but {there} bytes are there. Go on from there.");
        if (length > upload.Length - offset) throw TooMuch(upload);
        if (there < upload.Length) upload = await RenewAsync(caller, row, upload);
        var end = await _pieces.WriteAsync(upload, offset, content, length, checksum, cancellation);
        if (there == upload.Length) return state;
        return end == upload.Length ? await FinishAsync(upload, fence) : new UploadState(upload, end);
    }

    /// <summary>Forgets it, and what has come. The file that it has become stays.</summary>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var (row, upload) = await RequireAsync(caller, id, cancellation);
        // The row first: without it nobody goes on.
        await TryAsync(new Change().Delete(row), upload, "file_upload_terminated", Trigger.Of(caller));
        await _store.DeleteAsync(id, CancellationToken.None);
    }

    /// <summary>
    /// For the hourly timer: forgets what rested too long, and finishes what is whole. One query a shard when there is nothing to do. What
    /// is refused stays until it has rested too long, so that its client can learn why.
    /// </summary>
    public async Task<(int Expired, int Finished)> RunCleanupAsync(CancellationToken cancellation = default)
    {
        var (expired, finished) = (0, 0);
        for (var shard = 0; shard < _log.Table.ShardCount; shard++)
        {
            var rows = new List<Row>();
            await foreach (var row in _log.Table.QueryAsync(shard, ResumableUpload.All, cancellation)) rows.Add(row);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                var upload = ResumableUpload.Read(row);
                if (!upload.IsFinished && await _store.LengthAsync(upload.Id, cancellation) == upload.Length && await IsTakenAsync(upload))
                {
                    finished++;
                }
                else if (upload.ExpiresAt <= _log.Now && await TryAsync(new Change().Delete(row), upload, "file_upload_expired", Trigger.Timer))
                {
                    await _store.DeleteAsync(upload.Id, cancellation);
                    expired++;
                }
            }
        }

        return (expired, finished);
    }

    internal static CacheException TooMuch(ResumableUpload upload) => CacheException.Invalid("Upload-Offset", $"and the body reach beyond Upload-Length ({upload.Length} bytes).");

    internal static CacheException Unknown() => CacheException.NotFound("There is no such upload (any more). Begin a new one.");

    internal static Operation Tell(ResumableUpload upload, string type, Trigger trigger, string? reason = null)
    {
        var (entity, path) = upload.Target.Names;
        return new Operation(type, entity, path, trigger.By, trigger.UserId, reason ?? $"upload {upload.Id}");
    }

    private async Task<ResumableUpload> BeginAsync(Caller caller, UploadTarget target, long length, string metadata, CancellationToken cancellation)
    {
        if (length > _store.MaxBytes) throw new CacheException(ErrorCode.TooLarge, $"Upload-Length: is more than {_store.MaxBytes} bytes.");
        var shard = _log.Table.ShardOf(target.Hash);
        var upload = new ResumableUpload(StagedUpload.NewId(shard, _log.NewId()), target, length, metadata, _log.Now + Lifetime, caller.UserId);
        // The row last: what has none is begun in vain, and its name is not known to anybody.
        if (length == 0) upload = await _end.FinishEmptyAsync(upload);
        else await _store.CreateAsync(upload.Id, cancellation);
        await _log.Table.CommitAsync(
            shard, new Change().Insert(upload.Key, upload.Values).Log(Tell(upload, "file_upload_begun", Trigger.Of(caller), $"{length} bytes")));
        return upload;
    }

    private static bool IsWhole(ResumableUpload upload, long there) => there == upload.Length && !upload.IsFinished;

    private async Task<(ResumableUpload Upload, long There)> LengthAsync(Caller caller, ResumableUpload upload, CancellationToken cancellation)
    {
        if (upload.IsFinished) return (upload, upload.Length);
        if (await _store.LengthAsync(upload.Id, cancellation) is { } there) return (upload, there);
        // Another request may have finished it at this moment.
        (_, upload) = await RequireAsync(caller, upload.Id, cancellation);
        return upload.IsFinished ? (upload, upload.Length) : throw Unknown();
    }

    private async Task<UploadState> FinishAsync(ResumableUpload upload, long? fence)
    {
        var finished = await _end.FinishAsync(upload, fence);
        return new UploadState(finished.Result ?? upload, upload.Length, finished.JobId);
    }

    private async Task<bool> IsTakenAsync(ResumableUpload upload)
    {
        try
        {
            await _end.FinishAsync(upload);
            return true;
        }
        catch (CacheException)
        {
            // Its client will be told.
            return false;
        }
    }

    private async Task<(Row Row, ResumableUpload Upload)> RequireAsync(Caller caller, string id, CancellationToken cancellation)
    {
        if (ResumableUpload.ShardOf(id, _log.Table.ShardCount) is not { } shard) throw Unknown();
        var row = await _log.Table.GetAsync(shard, ResumableUpload.KeyOf(id), cancellation) ?? throw Unknown();
        var upload = ResumableUpload.Read(row);
        if (upload.ExpiresAt <= _log.Now) throw Unknown();
        // Of what belongs to others nobody learns that it is there.
        if (upload.Target.UserId is { } user && !caller.MayActFor(user)) throw Unknown();
        upload.Target.RequireMayWrite(caller);
        return (row, upload);
    }

    /// <summary>So that it does not expire while bytes come. What expires at this moment is gone for this request too.</summary>
    private async Task<ResumableUpload> RenewAsync(Caller caller, Row row, ResumableUpload upload)
    {
        if (upload.ExpiresAt > _log.Now + Lifetime - RenewedAfter) return upload;
        var renewed = upload with { ExpiresAt = _log.Now + Lifetime };
        try
        {
            await _log.Table.CommitAsync(
                ShardOf(upload),
                new Change().Replace(row, renewed.Values).Log(Tell(upload, "file_upload_renewed", Trigger.Of(caller), $"upload {upload.Id} goes on")));
            return renewed;
        }
        catch (RowConflictException)
        {
            throw new CacheException(ErrorCode.Conflict, "The upload was changed by another request at this moment. Ask where it is, and go on.");
        }
    }

    private int ShardOf(ResumableUpload upload) => _log.Table.ShardOf(upload.Target.Hash);

    /// <returns>Whether the row was still as it was read.</returns>
    private async Task<bool> TryAsync(Change change, ResumableUpload upload, string type, Trigger trigger)
    {
        try
        {
            await _log.Table.CommitAsync(ShardOf(upload), change.Log(Tell(upload, type, trigger)));
            return true;
        }
        catch (RowConflictException)
        {
            // Done, or renewed, by somebody else meanwhile.
            return false;
        }
    }
}

/// <param name="Offset">How many bytes of it are there.</param>
/// <param name="JobId">All of it is there, and this job goes on making of it what it is to become; null: nothing goes on.</param>
public sealed record UploadState(ResumableUpload Upload, long Offset, string? JobId = null);
