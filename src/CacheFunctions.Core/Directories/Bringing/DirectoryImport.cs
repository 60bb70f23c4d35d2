using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;

namespace CacheFunctions.Directories.Bringing;

/// <summary>
/// Brings an origin's folder into the store and registers it, as a job. Who goes on with it begins behind the last file that a
/// heartbeat told of.
/// </summary>
internal sealed class DirectoryImport
{
    private const string Kind = "directory_import";

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly DirectoryStore _store;
    private readonly FolderBringer _bringer;
    private readonly JobRunner _jobs;

    public DirectoryImport(DirectoryStore store, FolderBringer bringer, JobRunner jobs)
    {
        (_store, _bringer, _jobs) = (store, bringer, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <summary>Begins it, or finds the one that is running for this directory.</summary>
    /// <returns>Pending when it takes long.</returns>
    public async Task<RegisteredDirectory> StartAsync(
        DirectoryPath path, OriginPath from, bool? compress, Trigger trigger, string? userId, CancellationToken cancellation)
    {
        // Asked before anything is begun: there is such a folder.
        try
        {
            if (!await OriginFolder.IsFolderAsync(from, cancellation)) throw CacheException.Invalid("from_origin", "must name a folder of an origin.");
        }
        catch (CacheException error) when (error.Code is ErrorCode.NotFound or ErrorCode.Forbidden)
        {
            throw new CacheException(error.Code, $"from_origin: {error.Message}");
        }

        if (await _store.FindAsync(path, cancellation) is { } found) _store.RequireFree(found.Directory, found.Directory.RemovedWith is null ? found.Directory.LockOwner : null);
        var arguments = JsonSerializer.Serialize(new Arguments(path.Text, from.NasPath, trigger, compress), JsonSerializerOptions.Web);
        var (job, isOwn) = await _jobs.ClaimAsync($"directory-{path.Id:N}", Kind, path.Id.ToString("N"), path.Text, userId, arguments, null);
        if (isOwn) return await _jobs.StartAsync<RegisteredDirectory>(job) ?? new RegisteredDirectory(null, true, job);
        job = await _jobs.WaitAsync(job.Id, cancellation);
        return job.State == JobState.Running
            ? new RegisteredDirectory(null, false, job)
            : new RegisteredDirectory((await _store.GetAsync(path, cancellation)).Directory, IsNew: false);
    }

    private Task<RegisteredDirectory> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var (path, from, trigger, compress) = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var so = run.Result is { } text ? JsonSerializer.Deserialize<Brought>(text, Snake)! : new Brought();
        return _bringer.BringAsync(
            DirectoryPath.Stored(path),
            _store.Origins.Require(from, "from_origin"),
            compress,
            run.Id,
            trigger,
            so,
            brought =>
            {
                run.Report(brought.Bytes);
                run.Result = JsonSerializer.Serialize(brought, Snake);
            },
            static content => content,
            run.IsTriedAgain,
            cancellation);
    }

    private sealed record Arguments(string Path, string From, Trigger Trigger, bool? Compress);
}
