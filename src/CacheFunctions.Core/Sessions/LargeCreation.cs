using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Sessions;

/// <summary>
/// Opens sessions of files whose copy takes long: the record first, in state preparing, then a job that copies. When its instance dies,
/// another goes on block by block. A copy that storage already has is taken from there.
/// </summary>
internal sealed class LargeCreation
{
    private const string Kind = "session_copy";

    private readonly SessionStore _store;
    private readonly OriginCopier _copier;
    private readonly BaseCopies _copies;
    private readonly SessionEnd _end;
    private readonly JobRunner _jobs;
    private readonly SessionSettings _settings;

    public LargeCreation(
        SessionStore store, OriginCopier copier, BaseCopies copies, SessionEnd end, JobRunner jobs, SessionSettings settings)
    {
        (_store, _copier, _copies, _end, _jobs, _settings) = (store, copier, copies, end, jobs, settings);
        jobs.Register(Kind, CopyAsync);
    }

    /// <returns>null: storage has no copy of this version of the file.</returns>
    public Task<SavedContent?> ReuseAsync(string sessionId, OriginPath path, Fingerprint fingerprint, CancellationToken cancellation) =>
        _copies.ReuseAsync(sessionId, path, fingerprint, cancellation);

    /// <returns>The session; still preparing when the copy takes long.</returns>
    public async Task<Session> CreateAsync(
        Caller caller,
        Session session,
        OriginPath path,
        bool lockIt,
        Fingerprint fingerprint,
        Patience patience,
        string? requestKey,
        CancellationToken cancellation)
    {
        var job = await _jobs.AddAsync(Kind, session.Id, path.NasPath, session.UserId, "{}", fingerprint.SizeBytes);
        Session created;
        try
        {
            created = await _store.Answers.UpdateOnceAsync(
                _store.ShardOf(session.Id),
                requestKey,
                async token =>
                {
                    var change = new Change();
                    var preparing = session with { JobId = job.Id };
                    if (lockIt) preparing = await SessionCreation.LockAsync(_store, change, path, preparing, _settings, token);
                    change
                        .Insert(SessionRows.SessionKey(session.Id), SessionRows.Values(preparing))
                        .Log(SessionStore.Log("session_preparing", preparing, Trigger.Of(caller), $"{fingerprint.SizeBytes} bytes"));
                    return new Decision<Session>(change, preparing);
                },
                cancellation);
        }
        catch (Exception error) when (error is not CacheException { Code: ErrorCode.Unavailable })
        {
            await _jobs.DropAsync(job);
            throw;
        }

        if (created.JobId == job.Id) return await _jobs.StartAsync<Session>(job, patience) ?? created;
        await _jobs.DropAsync(job);
        return created;
    }

    private async Task<Session> CopyAsync(JobRun run, CancellationToken cancellation)
    {
        var id = run.Job.Subject;
        var (shard, _, seen) = await _store.GetAsync(Caller.Machine, id, cancellation);
        if (!seen.IsPreparing) return seen;
        var path = _store.PathOf(seen);
        try
        {
            var copy = await _copier.CopyLargeAsync(id, path, run.Id, run, cancellation);
            return await ActivateAsync(shard, id, path, copy);
        }
        catch (Exception error) when (!run.IsTriedAgain(error))
        {
            await _end.FailAsync(id, error.Message);
            throw;
        }
    }

    private async Task<Session> ActivateAsync(int shard, string id, OriginPath path, OriginCopy copy)
    {
        try
        {
            return await _store.Edits.UpdateAsync(
                shard,
                async token =>
                {
                    var (_, row, session) = await _store.GetAsync(Caller.Machine, id, token);
                    // Another run of this job may have been first.
                    if (!session.IsPreparing) return new Decision<Session>(null, session);
                    var change = new Change();
                    await _copies.NoteAsync(change, path, copy.Fingerprint!, copy.Content!, token);
                    return SessionCreation.Active(change, session, copy.Content!, copy.Fingerprint, Trigger.System, row);
                },
                CancellationToken.None);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // The session has ended, and what it had was removed before this copy was finished.
            await _store.DeleteUncommittedAsync(copy.Content!.Name);
            throw;
        }
    }
}
