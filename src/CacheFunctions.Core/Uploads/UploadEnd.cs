using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Files.Log;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Sessions;
using CacheFunctions.Storage;

namespace CacheFunctions.Uploads;

/// <summary>
/// Makes an upload what it is to become, once all of it is there. Safe to repeat, also by several at once: the bytes do not change any
/// more, a file is written with the same bytes, an upload becomes one version, and once it is recorded nothing is done again.
/// </summary>
internal sealed class UploadEnd
{
    private const string Kind = "upload_end";

    private readonly FileLog _log;
    private readonly FileManager _files;
    private readonly SessionService _sessions;
    private readonly IUploadStore _store;
    private readonly PatientWork<Order, ResumableUpload> _work;
    private readonly SingleFlight<string, PatientResult<ResumableUpload>> _flights = new();

    public UploadEnd(FileLog log, FileManager files, SessionService sessions, IUploadStore store, JobRunner jobs, FileSettings settings)
    {
        (_log, _files, _sessions, _store) = (log, files, sessions, store);
        _work = new PatientWork<Order, ResumableUpload>(jobs, Kind, settings.LargeBytes, RunAsync);
    }

    /// <summary>Not called off with the request that began it.</summary>
    /// <param name="fence">That of the session's lock, if it is another one than when the upload began; null: the same.</param>
    /// <exception cref="CacheException">What refuses it; refused once, it is refused the same way each time.</exception>
    public async Task<PatientResult<ResumableUpload>> FinishAsync(ResumableUpload upload, long? fence = null)
    {
        var (finished, _) = await _flights.RunAsync(
            upload.Id,
            async () =>
            {
                // What is refused is refused before it becomes a job.
                if (upload.Target is VersionTarget version) await RequireAsync(upload, version, fence);
                var (_, path) = upload.Target.Names;
                return await _work.DoAsync(new Order(upload.Id, fence), upload.Id, path, upload.Target.UserId, upload.Length);
            },
            CancellationToken.None);
        return finished;
    }

    /// <exception cref="CacheException">PreconditionFailed: it is stale; InvalidArgument: there is nothing that has a fence.</exception>
    public Task RequireFenceAsync(ResumableUpload upload, long? fence) => upload.Target is VersionTarget version
        ? RequireAsync(upload, version, fence)
        : throw CacheException.Invalid("X-Fence", "is for uploads that become a session's version.");

    /// <summary>One that has no bytes is what it is to become before anybody can ask for it.</summary>
    public Task<ResumableUpload> FinishEmptyAsync(ResumableUpload upload) => BecomeAsync(upload, Stream.Null, null, CancellationToken.None);

    private async Task<ResumableUpload> RunAsync(Order order, IProgress<long>? progress, CancellationToken cancellation)
    {
        var upload = await FindAsync(order.UploadId, cancellation);
        if (upload.IsFinished) return upload;
        if (await _store.OpenAsync(upload.Id, cancellation) is not { } content)
        {
            // Another instance may have finished it at this moment.
            upload = await FindAsync(order.UploadId, cancellation);
            return upload.IsFinished ? upload : throw ResumableUploads.Unknown();
        }

        await using (content)
        {
            var finished = await BecomeAsync(upload, progress is null ? content : new ReportingStream(content, progress), order.Fence, cancellation);
            await RecordAsync(finished);
            return finished;
        }
    }

    private async Task<ResumableUpload> FindAsync(string id, CancellationToken cancellation) =>
        ResumableUpload.ShardOf(id, _log.Table.ShardCount) is { } shard
        && await _log.Table.GetAsync(shard, ResumableUpload.KeyOf(id), cancellation) is { } row
            ? ResumableUpload.Read(row)
            : throw ResumableUploads.Unknown();

    /// <summary>Safe to repeat: recorded once, it is not changed again. Terminated meanwhile, there is nothing to record.</summary>
    private async Task RecordAsync(ResumableUpload finished)
    {
        var shard = _log.Table.ShardOf(finished.Target.Hash);
        await _log.Table.UpdateAsync(
            shard,
            async token =>
            {
                var row = await _log.Table.GetAsync(shard, finished.Key, token);
                if (row is null || ResumableUpload.Read(row).IsFinished) return new Decision<bool>(null, false);
                var operation = ResumableUploads.Tell(finished, "file_upload_finished", Trigger.Of(finished.Starter));
                return new Decision<bool>(new Change().Replace(row, finished.Values).Log(operation), true);
            },
            CancellationToken.None);
        await _store.DeleteAsync(finished.Id, CancellationToken.None);
    }

    private async Task<ResumableUpload> BecomeAsync(ResumableUpload upload, Stream content, long? fence, CancellationToken cancellation)
    {
        if (upload.Target is VersionTarget version)
        {
            var session = await _sessions.SaveUploadAsync(
                upload.Starter, version.SessionId, upload.Id, content, upload.Length, Conditions(version, fence), cancellation);
            return upload with { ETag = session.ETag };
        }

        var target = (FileTarget)upload.Target;
        var file = new NewFile(content, upload.Length, target.ContentType, null, target.Compress, target.Encrypt);
        var (written, _) = await _files.TakeUploadAsync(target.Address, file, Trigger.Of(upload.Starter), cancellation);
        return upload with { ETag = written.ETag };
    }

    private Task<Session> RequireAsync(ResumableUpload upload, VersionTarget version, long? fence) =>
        _sessions.RequireMaySaveUploadAsync(upload.Starter, version.SessionId, upload.Id, Conditions(version, fence));

    private static Conditions Conditions(VersionTarget version, long? fence) =>
        fence is null ? version.Conditions : version.Conditions with { Fence = fence };

    private sealed record Order(string UploadId, long? Fence);
}
