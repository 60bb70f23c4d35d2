using System.Text.Json;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Origins;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Copies by jobs what takes long: one for a file at a time, whoever asks on whichever instance, and gone on with block by block
/// when its instance dies.
/// </summary>
internal sealed class LargeCopies
{
    private const string Kind = "file_copy";

    /// <summary>As a job's user: everybody who knows its id, since all who ask for the file get the same job.</summary>
    private const string Everybody = "";

    private readonly CatalogueStore _store;
    private readonly FileCopier _copier;
    private readonly Recording _recording;
    private readonly JobRunner _jobs;

    public LargeCopies(CatalogueStore store, FileCopier copier, Recording recording, JobRunner jobs)
    {
        (_store, _copier, _recording, _jobs) = (store, copier, recording, jobs);
        jobs.Register(Kind, CopyAsync);
    }

    /// <inheritdoc cref="JobRunner.NewPatience"/>
    public Patience NewPatience() => _jobs.NewPatience();

    /// <summary>Caches a file, or a new version of one that is cached.</summary>
    /// <returns>Pending when the copy takes long; null: another request's copy was recorded, or is gone again; look again.</returns>
    public async Task<AddedFile?> CopyAsync(FilePath path, OriginPath original, ToRecord asked, Patience patience)
    {
        var size = (await original.Origin.FindAsync(original.Path, CancellationToken.None))?.SizeBytes;
        // The metadata goes beside the request: as JSON within JSON it could double.
        var arguments = new Arguments(
            _store.Ids.Next(), asked with { Request = asked.Request with { Metadata = null } }, original.NasPath,
            asked.Request.Metadata is { } metadata ? JsonDocument.Parse(metadata).RootElement : null);
        var (job, isOwn) = await _jobs.ClaimAsync(
            $"cache-{path.Id}", Kind, path.Id.ToString(), path.Text, Everybody, JsonSerializer.Serialize(arguments, JsonSerializerOptions.Web), size);
        if (isOwn) return await _jobs.StartAsync<Copied>(job, patience) is { } copied ? copied.Added : new AddedFile(null, true, job);
        job = await _jobs.WaitAsync(job.Id, patience, CancellationToken.None);
        // What it has copied may be older than what this caller saw.
        return job.State == JobState.Running ? new AddedFile(null, false, job) : null;
    }

    private async Task<Copied> CopyAsync(JobRun run, CancellationToken cancellation)
    {
        var arguments = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var asked = arguments.Asked with
        {
            Request = arguments.Asked.Request with { Metadata = arguments.Metadata is { } metadata ? JsonSerializer.Serialize(metadata) : null },
            // A run that wakes late must not cache again what was cached by another run, and removed since.
            RequestKey = arguments.Asked.RequestKey ?? run.Id,
        };
        var path = FilePath.Of(_store.Origins, asked.Request.FilePath, "file_path");
        try
        {
            var copied = await _copier.CopyLargeAsync(
                path.Id, _store.Origins.Require(arguments.Original, "original_path"), arguments.Seed, run, cancellation);
            return new Copied(await _recording.RecordCopyAsync(path.Id, asked, copied));
        }
        catch (CacheException error) when (!run.IsTriedAgain(error))
        {
            await _store.LogFailureAsync("file_cached", path, asked.Trigger, asked.Reason, error.Message);
            throw;
        }
    }

    /// <param name="Added">null: the copy is of no use.</param>
    private sealed record Copied(AddedFile? Added);

    /// <param name="Seed">Of the copy's name: new for every job.</param>
    private sealed record Arguments(string Seed, ToRecord Asked, string Original, JsonElement? Metadata);
}
