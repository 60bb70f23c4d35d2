using System.Runtime.CompilerServices;
using System.Text.Json;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>
/// Brings an origin's folder into the store and registers it, as a job: folder by folder in the order of names, a few files
/// at once. Who goes on with it begins behind the last file that a heartbeat told of. Files that are there already under
/// the same names are replaced.
/// </summary>
internal sealed class DirectoryImport
{
    private const string Kind = "directory_import";
    private const int PageLength = 200;
    private const int FilesAtOnce = 4;

    private readonly DirectoryStore _store;
    private readonly Registration _registration;
    private readonly DirectorySettings _settings;
    private readonly JobRunner _jobs;

    public DirectoryImport(DirectoryStore store, Registration registration, DirectorySettings settings, JobRunner jobs)
    {
        (_store, _registration, _settings, _jobs) = (store, registration, settings, jobs);
        jobs.Register(Kind, RunAsync);
    }

    /// <summary>Begins it, or finds the one that is running for this directory.</summary>
    /// <returns>Pending when it takes long.</returns>
    public async Task<RegisteredDirectory> StartAsync(
        DirectoryPath path, OriginPath from, Trigger trigger, string? userId, CancellationToken cancellation)
    {
        // Asked before anything is begun: there is such a folder.
        try
        {
            await from.Origin.ListAsync(from.Path, null, 1, cancellation);
        }
        catch (CacheException error) when (error.Code is ErrorCode.NotFound or ErrorCode.Forbidden)
        {
            throw new CacheException(error.Code, $"from_origin: {error.Message}");
        }
        catch (CacheException error) when (error.Code != ErrorCode.Unavailable)
        {
            throw CacheException.Invalid("from_origin", "must name a folder of an origin.");
        }

        if (await _store.FindAsync(path, cancellation) is { } found) _store.RequireFree(found.Directory, found.Directory.RemovedWith is null ? found.Directory.LockOwner : null);
        var arguments = JsonSerializer.Serialize(new Arguments(path.Text, from.NasPath, trigger), JsonSerializerOptions.Web);
        var (job, isOwn) = await _jobs.ClaimAsync($"directory-{path.Id:N}", Kind, path.Id.ToString("N"), path.Text, userId, arguments, null);
        if (isOwn) return await _jobs.StartAsync<RegisteredDirectory>(job) ?? new RegisteredDirectory(null, true, job);
        job = await _jobs.WaitAsync(job.Id, cancellation);
        return job.State == JobState.Running
            ? new RegisteredDirectory(null, false, job)
            : new RegisteredDirectory((await _store.GetAsync(path, cancellation)).Directory, IsNew: false);
    }

    private async Task<RegisteredDirectory> RunAsync(JobRun run, CancellationToken cancellation)
    {
        var arguments = JsonSerializer.Deserialize<Arguments>(run.Job.Arguments, JsonSerializerOptions.Web)!;
        var path = DirectoryPath.Stored(arguments.Path);
        var from = _store.Origins.Require(arguments.From, "from_origin");
        var own = new DirectoryLock(_store, path, run.Id);
        await _store.UseHoldersAsync(path, arguments.Trigger, cancellation);
        var isNew = await LockAsync(path, own, arguments, cancellation);
        try
        {
            var progress = Progress.Read(run.Result);
            await foreach (var some in InBatches(FilesAsync(from, from.Path, progress.After?[(from.Path.Length + 1)..], cancellation)))
            {
                await own.KeepAsync(cancellation);
                var sizes = await Task.WhenAll(some.Select(file => CopyAsync(path, from, file, cancellation)));
                progress = new Progress(progress.Files + some.Count, progress.Bytes + sizes.Sum(), some[^1]);
                run.Report(progress.Bytes);
                run.Result = progress.Write();
            }

            var registered = await _registration.RegisterAsync(path, arguments.Trigger, own, cancellation);
            return registered with { IsNew = isNew };
        }
        catch (CacheException error) when (!run.IsTriedAgain(error))
        {
            await GiveUpAsync(path, own, arguments.Trigger, error.Message);
            throw;
        }
    }

    /// <summary>Registers it empty, if need be, so that its lock stands and nobody takes away what is being brought.</summary>
    private Task<bool> LockAsync(DirectoryPath path, DirectoryLock own, Arguments arguments, CancellationToken cancellation) =>
        _store.Table.UpdateAsync(
            _store.ShardOf(path),
            async token =>
            {
                var found = await _store.FindAsync(path, token);
                var locked = own.Put(found?.Directory ?? new CachedDirectory(path.Text, 0, 0, _store.Now, _store.Now));
                var change = new Change()
                    .Put(DirectoryRows.Key(path.Text), found?.Row, DirectoryRows.Values(locked))
                    .Log(DirectoryStore.Log("directory_import_begun", locked, arguments.Trigger, $"from {arguments.From}"));
                return new Decision<bool>(change, found is null);
            },
            cancellation);

    /// <summary>What was brought so far counts, and its TTL runs; where nothing was, nothing stays.</summary>
    private async Task GiveUpAsync(DirectoryPath path, DirectoryLock own, Trigger trigger, string error)
    {
        var (size, count) = await _store.CountAsync(path, CancellationToken.None);
        await _store.Table.UpdateAsync(
            _store.ShardOf(path),
            async token =>
            {
                if (await _store.FindAsync(path, token) is not { } found || found.Directory.LockOwner != own.Owner) return new Decision<bool>(null, false);
                var left = found.Directory.Unlocked() with { SizeBytes = size, FileCount = count };
                var log = DirectoryStore.Log("directory_import_failed", left, trigger, "given up", isGone: count == 0) with { Success = false, ErrorMessage = error };
                var change = new Change().Log(log);
                return new(count == 0 ? change.Delete(found.Row) : change.Replace(found.Row, DirectoryRows.Values(left)), true);
            },
            CancellationToken.None);
    }

    /// <summary>The paths of all files of a folder, at any depth, in ordinal order of names at each level.</summary>
    /// <param name="after">Relative to the folder: only those that come later; null: all.</param>
    private static async IAsyncEnumerable<string> FilesAsync(
        OriginPath from, string folder, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var slash = after?.IndexOf('/') ?? -1;
        if (slash > 0)
        {
            // Within a folder: that one first, from its place on.
            await foreach (var file in FilesAsync(from, $"{folder}/{after![..slash]}", after[(slash + 1)..], cancellation)) yield return file;
        }

        var last = slash > 0 ? after![..slash] : after;
        for (IReadOnlyList<OriginEntry>? page = null; page is null || page.Count == PageLength;)
        {
            page = await from.Origin.ListAsync(folder, last, PageLength, cancellation);
            foreach (var entry in page)
            {
                last = entry.Name;
                var path = $"{folder}/{entry.Name}";
                if (!entry.IsFolder) yield return path;
                else await foreach (var file in FilesAsync(from, path, null, cancellation)) yield return file;
            }
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<string>> InBatches(IAsyncEnumerable<string> files)
    {
        var some = new List<string>();
        await foreach (var file in files)
        {
            some.Add(file);
            if (some.Count < FilesAtOnce) continue;
            yield return some;
            some = [];
        }

        if (some.Count > 0) yield return some;
    }

    /// <returns>How many bytes it has.</returns>
    private async Task<long> CopyAsync(DirectoryPath path, OriginPath from, string file, CancellationToken cancellation)
    {
        var target = DirectoryPath.Of(path.Prefix + file[(from.Path.Length + 1)..], "from_origin").Text;
        var source = _store.Origins.Get(from.Origin.Name, file);
        var copied = await WholeVersion.CopyAsync<Copied>(
            source,
            async opened =>
            {
                var size = opened.Fingerprint.SizeBytes;
                if (size > _settings.MaxBytes)
                    throw new CacheException(ErrorCode.QuotaExceeded, $"{source.NasPath} has {size} bytes, and the quota is {_settings.MaxBytes} (DISK_CACHE_MAX_BYTES).");
                await using var unchanged = new UnchangedStream(opened);
                await _store.Contents.WriteAsync(ContentName.Directories, target, unchanged, size, cancellation);
                return new Copied(size);
            },
            cancellation);
        return copied.SizeBytes;
    }

    private sealed record Copied(long SizeBytes);

    private sealed record Arguments(string Path, string From, Trigger Trigger);

    /// <param name="After">The origin's path of the last file that was brought; null: none yet.</param>
    private sealed record Progress(long Files, long Bytes, string? After)
    {
        private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

        public string Write() => JsonSerializer.Serialize(this, Snake);

        public static Progress Read(string? text) => text is null ? new(0, 0, null) : JsonSerializer.Deserialize<Progress>(text, Snake)!;
    }
}
