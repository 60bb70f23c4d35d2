using CacheFunctions.Content;
using CacheFunctions.Directories.Bringing;
using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Directories.Compressing;
using CacheFunctions.Directories.Downloads;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Directories.Simulating;
using CacheFunctions.Errors;
using CacheFunctions.Eviction;
using CacheFunctions.Hits;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Directories;

/// <summary>
/// The directory cache of the fifth source document: whole directories that are registered, used, and cleaned away once nobody
/// has used them for a while. None of it needs HTTP. Paths are refused with InvalidArgument when they are malformed; every method
/// throws Unavailable when storage does not answer.
/// </summary>
public sealed class DirectoriesService
{
    private const string RemovalKind = "directory_removal";

    private static readonly TimeSpan HitWindow = TimeSpan.FromDays(30);

    private readonly DirectoryStore _store;
    private readonly DirectoryIndex _index;
    private readonly DirectorySettings _settings;
    private readonly JobRunner _jobs;
    private readonly HitCounter _hits;
    private readonly AccessTrace _trace;
    private readonly Simulation _simulation;
    private readonly OpenLeases _leases;
    private readonly Registration _registration;
    private readonly DirectoryCompression _compression;
    private readonly DirectoryImport _import;
    private readonly Warming _warming;
    private readonly DirectoryContents _contents;
    private readonly DirectoryRemoval _removal;
    private readonly Scheduler _scheduler;
    private readonly DirectoryEviction _eviction;
    private readonly DirectoryCleanup _cleanup;
    private readonly FinishedDownloads _downloads;
    private readonly Recount _recount;
    private readonly NewestOperations _log;

    public DirectoriesService(DirectoryStore store, DirectoryIndex index, DirectorySettings settings, JobRunner jobs, HitCounters counters, AccessTrace trace)
    {
        (_store, _index, _settings, _jobs, _hits, _trace) = (store, index, settings, jobs, counters.Of(DirectoryStore.TableName), trace);
        _simulation = new Simulation(trace, store.Time, jobs);
        _leases = new OpenLeases(store, index);
        var open = new OpenDirectories(store, index, _leases);
        _removal = new DirectoryRemoval(store, index, open);
        _eviction = new DirectoryEviction(store, index, _removal, open, settings);
        var room = new DirectoryRoom(index, _eviction, settings);
        _recount = new Recount(store, index);
        _registration = new Registration(store, room, _recount, _leases);
        _compression = new DirectoryCompression(store, _registration, jobs);
        var bringer = new FolderBringer(store, _registration, _compression, room, _leases);
        _import = new DirectoryImport(store, bringer, jobs);
        _contents = new DirectoryContents(store, open, room);
        _warming = new Warming(store, bringer, _registration, _contents, room, jobs);
        _downloads = new FinishedDownloads(store, _registration, _recount);
        _scheduler = new Scheduler(store, settings);
        _cleanup = new DirectoryCleanup(store, index, _removal, open, _eviction, _scheduler, settings, jobs);
        _log = new NewestOperations(store.Table.Log, store.Table.ShardCount);
        jobs.Register(RemovalKind, RemoveAsync);
    }

    public TimeSpan Ttl => _settings.Ttl;

    /// <summary>Registers what lies in the store under a path, or counts it anew, which is a use of it.</summary>
    /// <param name="fromOrigin">A folder of an origin, as callers name it, whose files are brought there first; null: none.</param>
    /// <param name="compress">true: its files are stored compressed where that is smaller, now and from then on; false: from then on as
    /// they come, what is compressed stays so; null: as it was, and not if it is new.</param>
    /// <exception cref="CacheException">NotFound: nothing lies there, or there is no such folder; Locked; QuotaExceeded; Conflict: the
    /// management is off.</exception>
    public async Task<RegisteredDirectory> RegisterAsync(
        Caller caller, DirectoryPath path, string? fromOrigin = null, bool? compress = null, CancellationToken cancellation = default)
    {
        RequireEnabled();
        var trigger = Trigger.Of(caller);
        if (fromOrigin is not null)
            return await _import.StartAsync(path, _store.Origins.Require(fromOrigin, "from_origin"), compress, trigger, caller.UserId, cancellation);
        return compress is true
            ? await _compression.StartAsync(path, trigger, cancellation)
            : await _registration.RegisterAsync(path, trigger, null, compress, cancellation);
    }

    /// <summary>Brings folders and files of origins into the cache before anybody asks for them.</summary>
    /// <param name="bytesPerSecond">At most so many, from 1; null: as fast as it goes.</param>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <returns>The job, with a <see cref="WarmReport"/> as its result: an item that fails does not end it. Running: it goes on.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine; InvalidArgument: an item lies in no origin, or
    /// its path is none; Conflict: the management is off.</exception>
    public Task<Job> WarmAsync(
        Caller caller, IReadOnlyList<WarmItem> items, long? bytesPerSecond, string? requestKey = null, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        RequireEnabled();
        // Paths in one form, so that two spellings of one are one.
        var normal = items.Select((item, i) =>
        {
            var from = _store.Origins.Require(item.From, $"items[{i}].from");
            return new WarmItem(from.NasPath, DirectoryPath.Of(item.Path, $"items[{i}].path").Text);
        }).ToList();
        return _warming.StartAsync(normal, bytesPerSecond, Trigger.Of(caller), requestKey, cancellation);
    }

    /// <summary>What a manifest lists: a JSON file of an origin with the items of a request.</summary>
    /// <exception cref="CacheException">NotFound; InvalidArgument: it is no such file; TooLarge.</exception>
    public Task<byte[]> ReadManifestAsync(Caller caller, string path, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        return Manifest.ReadAsync(_store.Origins.Require(path, "manifest"), cancellation);
    }

    /// <summary>One point read, with the uses that this instance knows of.</summary>
    /// <exception cref="CacheException">NotFound: it is not registered.</exception>
    public async Task<CachedDirectory> GetAsync(DirectoryPath path, CancellationToken cancellation = default) =>
        _index.WithTouches((await _store.GetAsync(path, cancellation)).Directory);

    /// <param name="exact">Whether to ask every shard for what other instances did a moment ago.</param>
    public async Task<(IReadOnlyList<CachedDirectory> Page, DirectoryPlace? Next)> ListAsync(
        DirectoryQuery query, bool exact = false, CancellationToken cancellation = default) =>
        DirectoryList.Page(await _index.AllAsync(exact, cancellation), query);

    /// <summary>Forgets a directory; with its files, removes also the directories in it.</summary>
    /// <returns>The directory as it was; or the job that goes on removing its files.</returns>
    /// <exception cref="CacheException">NotFound; Conflict: it, or one in it, is pinned; Locked.</exception>
    public async Task<(CachedDirectory Directory, Job? Pending)> RemoveAsync(
        Caller caller, DirectoryPath path, bool removeFiles, CancellationToken cancellation = default)
    {
        if (!removeFiles) return (await _removal.ForgetAsync(path, "asked for; the files stay", Trigger.Of(caller), cancellation), null);
        var directory = (await _store.GetAsync(path, cancellation)).Directory;
        var (job, isOwn) = await _jobs.ClaimAsync(
            $"directory-{path.Id:N}", RemovalKind, path.Id.ToString("N"), path.Text, caller.UserId, Trigger.Of(caller).By, null);
        if (!isOwn)
        {
            job = await _jobs.WaitAsync(job.Id, cancellation);
            // What ran was perhaps an import.
            if (job.State != JobState.Running && await _store.FindAsync(path, cancellation) is { } found) _store.RequireFree(found.Directory);
            return (directory, job.State == JobState.Running ? job : null);
        }

        return (directory, await _jobs.StartAsync<object>(job) is null ? job : null);
    }

    /// <summary>A pinned directory is never cleaned, evicted or removed.</summary>
    public async Task<CachedDirectory> PinAsync(Caller caller, DirectoryPath path, bool pinned, CancellationToken cancellation = default) =>
        _index.WithTouches(await _store.ChangeAsync(
            path,
            pinned ? "directory_pinned" : "directory_unpinned",
            Trigger.Of(caller),
            directory =>
            {
                if (directory.RemovedWith is not null) _store.RequireFree(directory);
                return directory.Pinned == pinned ? null : (directory with { Pinned = pinned }, pinned ? "kept whatever happens" : "no longer kept");
            },
            cancellation));

    /// <summary>As it was at most <see cref="Files.FileSettings.FreshFor"/> ago; as this instance left it at once. One storage transaction, or none.</summary>
    /// <param name="readsWhole">Whether it is about to be read from its beginning to its end: then storage sends it at once.</param>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task<DirectoryDownload> FindContentAsync(DirectoryPath file, bool readsWhole = false, CancellationToken cancellation = default)
    {
        try
        {
            return await _contents.FindAsync(file, readsWhole, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            _hits.Miss(0);
            var (directory, size) = _index.HolderOf(file);
            _trace.Record(directory, size, 0);
            throw;
        }
    }

    /// <summary>A file was served: a hit, and a use of all directories that hold it. No storage transaction.</summary>
    public void NoteServed(DirectoryPath file, long bytes)
    {
        _hits.Hit(bytes);
        _index.Touch(file, 1);
        var (directory, size) = _index.HolderOf(file);
        _trace.Record(directory, size, bytes);
    }

    /// <summary>Stores a file, or puts another in its place. Streams, whatever the size.</summary>
    /// <returns>The file, and whether it was not there before.</returns>
    public Task<(ContentItem Item, bool IsNew)> WriteContentAsync(
        Caller caller, DirectoryPath file, Stream content, long? length, CancellationToken cancellation = default) =>
        _contents.WriteAsync(file, content, length, Trigger.Of(caller), cancellation);

    public Task DeleteContentAsync(Caller caller, DirectoryPath file, CancellationToken cancellation = default) =>
        _contents.DeleteAsync(file, Trigger.Of(caller), cancellation);

    /// <summary>At most three storage transactions once the index is loaded.</summary>
    public async Task<DirectoryStatistics> StatisticsAsync(bool exact = false, CancellationToken cancellation = default)
    {
        var tree = await _index.AllAsync(exact, cancellation);
        return new DirectoryStatistics(
            tree.TotalBytes,
            new Watermarks(_settings.MaxBytes, _settings.EvictionThreshold),
            tree.All.Count,
            (await _hits.ReadAsync(HitWindow, cancellation)).Counts,
            await _scheduler.ReadAsync(cancellation));
    }

    /// <summary>Cleans now, whatever the scheduler's switch says.</summary>
    /// <returns>The job, with a <see cref="CleanupReport"/> as its result; running: it takes long, and goes on.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine; Conflict: the management is off.</exception>
    public Task<Job> CleanUpAsync(Caller caller, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        RequireEnabled();
        return _cleanup.StartAsync(Trigger.Of(caller), cancellation);
    }

    /// <summary>What a cleanup would do now.</summary>
    /// <exception cref="CacheException">As <see cref="CleanUpAsync"/>.</exception>
    public Task<CleanupReport> TryCleanUpAsync(Caller caller, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        RequireEnabled();
        return _cleanup.TryAsync(cancellation);
    }

    /// <summary>What the cache would have done in the last days under other policies, or with another quota.</summary>
    /// <param name="maxBytes">null: the quota as it is.</param>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <returns>The job, with a <see cref="SimulationReport"/> as its result; running: it goes on.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine.</exception>
    public Task<Job> SimulateAsync(
        Caller caller, int days, IReadOnlyList<string> policies, long? maxBytes, string? requestKey = null, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        return _simulation.StartAsync(new SimulationOrder(days, policies, maxBytes ?? _settings.MaxBytes), caller.UserId, requestKey, cancellation);
    }

    /// <summary>For the timer: cleans unless the scheduler is stopped or the management is off.</summary>
    public async Task RunCleanupAsync(CancellationToken cancellation = default)
    {
        await _scheduler.NoteTimerAsync(cancellation);
        await _trace.PurgeAsync(cancellation);
        await _leases.PurgeAsync(cancellation);
        if ((await _scheduler.ReadAsync(cancellation)).State == "running") await _cleanup.StartAsync(Trigger.Timer, cancellation);
    }

    /// <summary>Storage tells of files that came or went past this service: finished downloads are registered. Twice, late or in another order is fine.</summary>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine.</exception>
    public Task NoteStorageAsync(Caller caller, IReadOnlyList<StorageChange> changes, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        return _settings.Enabled && changes.Count > 0 ? _downloads.NoteAsync(changes, cancellation) : Task.CompletedTask;
    }

    /// <summary>For the frequent timer: registers downloads that have come to rest. One query where there are none.</summary>
    public Task<int> RunFrequentAsync(CancellationToken cancellation = default) =>
        _settings.Enabled ? _downloads.RunAsync(cancellation) : Task.FromResult(0);

    /// <summary>The service stops: no eviction is begun any more, and one under way lets its lease go.</summary>
    public Task StopAsync(CancellationToken cancellation) => _eviction.StopAsync(cancellation);

    /// <summary>For the nightly timer: counts all directories anew. Safe to repeat.</summary>
    /// <returns>How many were wrong.</returns>
    public Task<int> RunMaintenanceAsync(CancellationToken cancellation = default) =>
        _settings.Enabled ? _recount.RunAsync(Trigger.Timer, cancellation) : Task.FromResult(0);

    /// <summary>Starts or stops the scheduled cleaning, on all instances and for good. Again is fine.</summary>
    /// <returns>The scheduler as it is now, and whether it was not so before.</returns>
    /// <exception cref="CacheException">As <see cref="CleanUpAsync"/>.</exception>
    public async Task<(SchedulerState State, bool HasChanged)> SwitchSchedulerAsync(Caller caller, bool isOn, CancellationToken cancellation = default)
    {
        caller.RequireAdmin();
        RequireEnabled();
        var changed = await _scheduler.SwitchAsync(isOn, Trigger.Of(caller), cancellation);
        return (await _scheduler.ReadAsync(cancellation), changed);
    }

    /// <summary>The log, newest first; users see what they did.</summary>
    public Task<(IReadOnlyList<LoggedOperation> Operations, string? Cursor)> OperationsAsync(
        Caller caller, Func<LoggedOperation, bool> fits, int limit, string? cursor, CancellationToken cancellation = default) =>
        _log.ReadAsync(
            operation => fits(operation) && (caller.UserId is null || caller.IsAdmin || operation.Operation.TriggeredByUser == caller.UserId),
            limit,
            cursor,
            cancellation);

    private async Task<object> RemoveAsync(JobRun run, CancellationToken cancellation)
    {
        var trigger = new Trigger(run.Job.Arguments, run.Job.UserId);
        await _removal.RemoveAsync(DirectoryPath.Stored(run.Job.FilePath), new RemovalOrder("asked for, with its files"), run.Id, trigger, cancellation);
        return new object();
    }

    private void RequireEnabled()
    {
        if (!_settings.Enabled)
            throw new CacheException(ErrorCode.Conflict, "The management of the directory cache is off. Set ENABLE_DISK_CACHE_MANAGEMENT to true.");
    }
}
