using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Files.Log;
using CacheFunctions.Operations;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Uploads;

/// <summary>
/// Uploads that may break off and go on, on any instance: what has come lies in storage, and how much that is says where to go on.
/// Once all of it is there it becomes a file, by the request that sent the last byte, by the next one that asks, or by the timer.
/// </summary>
public sealed class ResumableUploads(FileLog log, FileManager files, IUploadStore store)
{
    /// <summary>How long an upload that rests is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    // A row is not written for every piece.
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromHours(1);

    private readonly SingleFlight<string, bool> _finishing = new();
    private readonly PieceWriter _pieces = new(store, log);

    /// <summary>In bytes.</summary>
    public long MaxBytes => store.MaxBytes;

    /// <summary>One blob write and a table transaction; a file without bytes is there at once.</summary>
    /// <param name="describe">Makes it of its id and expiry.</param>
    /// <exception cref="CacheException">Forbidden; TooLarge.</exception>
    public async Task<ResumableUpload> CreateAsync(Caller caller, FileAddress address, Func<string, DateTimeOffset, ResumableUpload> describe, CancellationToken cancellation)
    {
        FileRights.RequireMayWrite(caller, address.Space);
        var shard = log.ShardOf(address);
        var upload = describe(Urls.StagedUpload.NewId(shard, log.NewId()), log.Now + Lifetime);
        if (upload.Length > store.MaxBytes) throw new CacheException(ErrorCode.TooLarge, $"Upload-Length: is more than {store.MaxBytes} bytes.");
        // The row last: what has none is begun in vain, and its name is not known to anybody.
        await store.CreateAsync(upload.Id, cancellation);
        await log.Table.CommitAsync(shard, new Change().Insert(upload.Key, upload.Values).Log(Tell(upload, "file_upload_begun", Trigger.Of(caller), $"{upload.Length} bytes")));
        if (upload.Length == 0) await FinishAsync(caller, upload);
        return upload;
    }

    /// <summary>A point read and a blob read.</summary>
    /// <returns>The upload, and how many bytes of it are there.</returns>
    /// <exception cref="CacheException">NotFound: there is none (any more).</exception>
    public async Task<(ResumableUpload Upload, long Offset)> FindAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var (_, upload) = await RequireAsync(caller, id, cancellation);
        if (upload.IsFinished) return (upload, upload.Length);
        var offset = await store.LengthAsync(id, cancellation) ?? throw Unknown();
        // Else a caller that sees all its bytes there would go away, and there would be no file until the timer comes.
        if (offset == upload.Length) await FinishAsync(caller, upload);
        return (upload, offset);
    }

    /// <summary>Takes more bytes. What comes is kept, even if it breaks off; but with a checksum it is kept as a whole or not at all.</summary>
    /// <param name="offset">Where they belong.</param>
    /// <param name="length">How many come; null: not known.</param>
    /// <returns>The upload, and how many bytes of it are there now.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: another offset is next; InvalidArgument: it is more than was announced; ChecksumMismatch.</exception>
    public async Task<(ResumableUpload Upload, long Offset)> AppendAsync(
        Caller caller, string id, long offset, Stream content, long? length, Checksum? checksum, CancellationToken cancellation)
    {
        var (row, upload) = await RequireAsync(caller, id, cancellation);
        var there = upload.IsFinished ? upload.Length : await store.LengthAsync(id, cancellation) ?? throw Unknown();
        if (offset != there) throw new CacheException(ErrorCode.Conflict, $"Upload-Offset: is {offset}, but {there} bytes are there. Go on from there.");
        if (length > upload.Length - offset) throw TooMuch(upload);
        upload = await RenewAsync(caller, row, upload);
        var end = await _pieces.WriteAsync(upload, offset, content, length, checksum, cancellation);
        if (end == upload.Length && !upload.IsFinished) await FinishAsync(caller, upload);
        return (upload, end);
    }

    /// <summary>Forgets it, and what has come. The file that it has become stays.</summary>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task DeleteAsync(Caller caller, string id, CancellationToken cancellation)
    {
        var (row, upload) = await RequireAsync(caller, id, cancellation);
        // The row first: without it nobody goes on.
        await TryAsync(new Change().Delete(row), upload, "file_upload_terminated", Trigger.Of(caller));
        await store.DeleteAsync(id, CancellationToken.None);
    }

    /// <summary>For the hourly timer: forgets what rested too long, and makes files of what is whole. One query a shard when there is nothing to do.</summary>
    public async Task<(int Expired, int Finished)> RunCleanupAsync(CancellationToken cancellation = default)
    {
        var (expired, finished) = (0, 0);
        for (var shard = 0; shard < log.Table.ShardCount; shard++)
        {
            var rows = new List<Row>();
            await foreach (var row in log.Table.QueryAsync(shard, ResumableUpload.All, cancellation)) rows.Add(row);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                var upload = ResumableUpload.Read(row);
                if (!upload.IsFinished && await store.LengthAsync(upload.Id, cancellation) == upload.Length)
                {
                    await FinishAsync(Caller.Machine, upload);
                    finished++;
                }
                else if (upload.ExpiresAt <= log.Now && await TryAsync(new Change().Delete(row), upload, "file_upload_expired", Trigger.Timer))
                {
                    await store.DeleteAsync(upload.Id, cancellation);
                    expired++;
                }
            }
        }

        return (expired, finished);
    }

    internal static CacheException TooMuch(ResumableUpload upload) => CacheException.Invalid("Upload-Offset", $"and the body reach beyond Upload-Length ({upload.Length} bytes).");

    /// <summary>
    /// Makes it the file. Safe to repeat: the bytes are complete and do not change any more; once it is recorded nothing is written again.
    /// Not called off with the request that began it.
    /// </summary>
    private async Task FinishAsync(Caller caller, ResumableUpload upload) => await _finishing.RunAsync(
        upload.Id,
        async () =>
        {
            var shard = log.ShardOf(upload.Address);
            if (await log.Table.GetAsync(shard, upload.Key, CancellationToken.None) is not { } row || ResumableUpload.Read(row) is { IsFinished: true }) return true;
            await using (var content = upload.Length == 0 ? Stream.Null : await store.OpenAsync(upload.Id, CancellationToken.None) ?? throw Unknown())
            {
                var file = new NewFile(content, upload.Length, upload.ContentType, null, upload.Compress, upload.Encrypt);
                await files.UploadFileAsync(caller, upload.Address, file, null, CancellationToken.None);
            }

            await TryAsync(new Change().Replace(row, (ResumableUpload.Read(row) with { IsFinished = true }).Values), upload, "file_upload_finished", Trigger.Of(caller));
            await store.DeleteAsync(upload.Id, CancellationToken.None);
            return true;
        },
        CancellationToken.None);

    private async Task<(Row Row, ResumableUpload Upload)> RequireAsync(Caller caller, string id, CancellationToken cancellation)
    {
        if (ResumableUpload.ShardOf(id, log.Table.ShardCount) is not { } shard) throw Unknown();
        var row = await log.Table.GetAsync(shard, ResumableUpload.KeyOf(id), cancellation) ?? throw Unknown();
        var upload = ResumableUpload.Read(row);
        if (upload.ExpiresAt <= log.Now) throw Unknown();
        // Of what belongs to others nobody learns that it is there.
        if (upload.Address.Space.UserId is { } user && !caller.MayActFor(user)) throw Unknown();
        FileRights.RequireMayWrite(caller, upload.Address.Space);
        return (row, upload);
    }

    /// <summary>So that it does not expire while bytes come. What expires at this moment is gone for this request too.</summary>
    private async Task<ResumableUpload> RenewAsync(Caller caller, Row row, ResumableUpload upload)
    {
        if (upload.ExpiresAt > log.Now + Lifetime - RenewedAfter) return upload;
        var renewed = upload with { ExpiresAt = log.Now + Lifetime };
        try
        {
            await log.Table.CommitAsync(
                log.ShardOf(upload.Address),
                new Change().Replace(row, renewed.Values).Log(Tell(upload, "file_upload_renewed", Trigger.Of(caller), $"upload {upload.Id} goes on")));
            return renewed;
        }
        catch (RowConflictException)
        {
            throw new CacheException(ErrorCode.Conflict, "The upload was changed by another request at this moment. Ask where it is, and go on.");
        }
    }

    /// <returns>Whether the row was still as it was read.</returns>
    private async Task<bool> TryAsync(Change change, ResumableUpload upload, string type, Trigger trigger)
    {
        try
        {
            await log.Table.CommitAsync(log.ShardOf(upload.Address), change.Log(Tell(upload, type, trigger, $"upload {upload.Id}")));
            return true;
        }
        catch (RowConflictException)
        {
            // Done, or renewed, by somebody else meanwhile.
            return false;
        }
    }

    private static Operation Tell(ResumableUpload upload, string type, Trigger trigger, string reason) =>
        new(type, upload.Address.Entity, upload.Address.BlobName, trigger.By, trigger.UserId, reason);

    private static CacheException Unknown() => CacheException.NotFound("There is no such upload (any more). Begin a new one.");
}
