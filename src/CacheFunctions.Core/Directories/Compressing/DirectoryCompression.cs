using System.Text.Json;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories.Compressing;

/// <summary>
/// Compresses the files of a directory and registers it, as a job: file by file in the order of names, a few at once. Each is replaced
/// on the condition that it is the version that was read, so a write at the same time stands, and is compressed after it. What is
/// compressed already is passed over: so it matters not where a run breaks off.
/// </summary>
internal sealed class DirectoryCompression
{
    private const string Kind = "directory_compression";
    private const int FilesAtOnce = 4;

    private readonly DirectoryStore _store;
    private readonly Registration _registration;
    private readonly JobRunner _jobs;

    public DirectoryCompression(DirectoryStore store, Registration registration, JobRunner jobs)
    {
        (_store, _registration, _jobs) = (store, registration, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <summary>Begins it, or finds the one that is running for this directory.</summary>
    /// <returns>Pending when it takes long.</returns>
    /// <exception cref="CacheException">As <see cref="Registration.RegisterAsync"/>.</exception>
    public async Task<RegisteredDirectory> StartAsync(DirectoryPath path, Trigger trigger, CancellationToken cancellation)
    {
        // Asked before anything is begun: a refused request leaves no job.
        if (await _store.FindAsync(path, cancellation) is { } found) _store.RequireFree(found.Directory);
        else if (!await IsAnythingThereAsync(path, cancellation)) throw Registration.Nothing(path);
        var arguments = JsonSerializer.Serialize(trigger, JsonSerializerOptions.Web);
        while (true)
        {
            var (job, isOwn) = await _jobs.ClaimAsync($"directory-{path.Id:N}", Kind, path.Id.ToString("N"), path.Text, trigger.UserId, arguments, null);
            if (isOwn) return await _jobs.StartAsync<RegisteredDirectory>(job) ?? new RegisteredDirectory(null, true, job);
            job = await _jobs.WaitAsync(job.Id, cancellation);
            if (job.State == JobState.Running) return new RegisteredDirectory(null, false, job);
            if (job.Kind == Kind) return new RegisteredDirectory((await _store.GetAsync(path, cancellation)).Directory, IsNew: false);
            // That was an import or a removal. Now it is this one's turn.
        }
    }

    /// <summary>Compresses what lies in a directory. Safe to repeat.</summary>
    /// <param name="next">Called before each step.</param>
    /// <param name="progress">Told how many bytes were looked at; null: nobody wants to know.</param>
    public async Task CompressAsync(DirectoryPath path, Func<Task> next, IProgress<long>? progress, CancellationToken cancellation)
    {
        var some = new List<ContentItem>();
        var done = 0L;
        await foreach (var item in _store.Blobs.ListAsync(path.Prefix, cancellation))
        {
            if (item.PlainBytes is null) some.Add(item);
            if (some.Count == FilesAtOnce) await FlushAsync();
        }

        await FlushAsync();

        async Task FlushAsync()
        {
            await next();
            await Task.WhenAll(some.Select(item => CompressAsync(item, cancellation)));
            progress?.Report(done += some.Sum(item => item.SizeBytes));
            some.Clear();
        }
    }

    private async Task<bool> IsAnythingThereAsync(DirectoryPath path, CancellationToken cancellation)
    {
        await foreach (var _ in _store.Blobs.ListAsync(path.Prefix, cancellation)) return true;
        return false;
    }

    private async Task CompressAsync(ContentItem item, CancellationToken cancellation)
    {
        for (ContentItem? now = item; now is { } version; now = await _store.Blobs.FindNowAsync(item.Name, cancellation))
            if (await _store.Blobs.CompressAsync(version, cancellation)) return;
    }

    private async Task<RegisteredDirectory> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var (path, trigger) = (DirectoryPath.Stored(run.Job.FilePath), JsonSerializer.Deserialize<Trigger>(run.Job.Arguments, JsonSerializerOptions.Web)!);
        await _registration.MarkCompressedAsync(path, trigger, cancellation);
        await CompressAsync(path, static () => Task.CompletedTask, run, cancellation);
        return await _registration.RegisterAsync(path, trigger, null, compress: true, cancellation);
    }
}
