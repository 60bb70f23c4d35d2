using System.Globalization;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Catalogue.Quota;
using CacheFunctions.Catalogue.Upkeep;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Hits;
using CacheFunctions.Idempotency;
using CacheFunctions.Jobs;
using CacheFunctions.Operations;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <summary>
/// The catalogue of cached files: what is cached, why, for whom, since when. The methods are those of the third source
/// document; none needs HTTP. Every method throws <see cref="CacheException"/>: NotFound for a file that is unknown,
/// Unavailable when storage or the origin does not answer.
/// <para>
/// A single file is its row as it is at this moment, with the hits that this instance's index knows of: so it shows the same
/// counts as the last list did. While the index is not loaded, the row's own; nothing waits for it.
/// </para>
/// </summary>
public sealed partial class CachedFilesService
{
    private readonly CatalogueStore _store;
    private readonly Adding _adding;
    private readonly Attribution _attribution;
    private readonly Removal _removal;
    private readonly FileEviction _eviction;
    private readonly ReadThrough _readThrough;
    private readonly CachedContent _content;
    private readonly FileRights _rights;
    private readonly CatalogueUpkeep _upkeep;
    private readonly Batches _batches;
    private readonly NewestOperations _log;
    private readonly CatalogueIndex _index;
    private readonly Notices _notices;
    private readonly HitCounter _hits;
    private readonly CataloguePages _pages;

    /// <param name="hot">null: content is always read from storage.</param>
    public CachedFilesService(
        CatalogueStore store,
        JobRunner jobs,
        CatalogueSettings settings,
        CatalogueIndex index,
        Notices notices,
        HitCounters counters,
        HotContent? hot = null)
    {
        (_index, _notices, _hits) = (index, notices, counters.Of(CatalogueStore.TableName));
        _pages = new CataloguePages(store, index, _hits);
        var linking = new Linking(store);
        _removal = new Removal(store, linking);
        _eviction = new FileEviction(store, index, _removal, settings);
        var copier = new FileCopier(store, new Room(index, _eviction, settings), settings);
        var recording = new Recording(store, copier, linking, _removal);
        var large = new LargeCopies(store, copier, recording, jobs);
        _store = store;
        _attribution = new Attribution(store);
        _adding = new Adding(store, copier, recording, large, linking, _attribution, settings);
        _readThrough = new ReadThrough(store, _adding, copier, recording, large, linking, settings);
        _content = new CachedContent(store, hot ?? HotContent.None);
        _rights = new FileRights(store);
        _upkeep = new CatalogueUpkeep(store, _removal, linking, jobs);
        _batches = new Batches(store, this, jobs);
        _log = new NewestOperations(store.Files.Log, store.Files.ShardCount);
    }

    /// <summary>Caches a file, or attributes one more user to it when it is cached already. Streams, whatever the size.</summary>
    /// <exception cref="CacheException">NotFound (no such file, or no copy at CachedPath), InvalidArgument, Conflict (a
    /// method that this deployment cannot do; a file that keeps changing), QuotaExceeded.</exception>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <returns>Pending when the copy of a large file takes long: then the job goes on.</returns>
    public async Task<AddedFile> AddCachedFileAsync(
        Caller caller, AddCachedFile request, string? requestKey = null, CancellationToken cancellation = default)
    {
        var added = await _adding.AddAsync(caller, request, requestKey, cancellation);
        return added with { File = added.File is null ? null : _index.WithHits(added.File) };
    }

    /// <summary>One point read. A file that was removed is still told, with that status, until it is purged.</summary>
    public async Task<CachedFile> GetCachedFileByIdAsync(Caller caller, CachedFileId id, CancellationToken cancellation = default) =>
        _index.WithHits(await _rights.SeenAsync(caller, id, cancellation));

    /// <summary>Takes a file out of the cache. The original stays.</summary>
    /// <param name="requestKey">Under which the request may come again without a second effect; null: every one counts.</param>
    /// <exception cref="CacheException">NotFound: it is not cached; Conflict: it is pinned; Forbidden: it is cached for others, too.</exception>
    public async Task<CachedFile> RemoveCachedFileAsync(
        Caller caller,
        CachedFileId id,
        string reason,
        string? userId = null,
        string? requestKey = null,
        CancellationToken cancellation = default)
    {
        var trigger = By(caller, userId);
        await _rights.RequireOwnAsync(caller, id, cancellation);
        return await _removal.RemoveAsync(id, reason, trigger, requestKey, cancellation);
    }

    /// <summary>Notes that somebody has used the file.</summary>
    public async Task<CachedFile> UpdateFileAccessAsync(
        Caller caller, CachedFileId id, string? userId = null, CancellationToken cancellation = default)
    {
        var trigger = By(caller, userId);
        await _rights.RequireSeenAsync(caller, id, cancellation);
        return await WithHitsAsync(_store.ChangeAsync(
            id,
            "file_accessed",
            trigger,
            (file, _) => file.Status == FileStatus.Removed
                ? throw CacheException.NotFound("The file was removed from the cache.")
                : (file with { AccessCount = file.AccessCount + 1, LastAccessed = _store.Now }, userId is null ? "accessed" : $"accessed by {userId}"),
            cancellation));
    }

    /// <summary>Attributes the file to one more user. Again is fine.</summary>
    public Task<CachedFile> AddUserToFileAsync(
        Caller caller, CachedFileId id, string userId, string reason, CancellationToken cancellation = default)
    {
        caller.RequireMayActFor(userId);
        return WithHitsAsync(_attribution.AddAsync(id, userId, reason, By(caller, userId), cancellation));
    }

    /// <summary>Takes an attribution back. Again is fine.</summary>
    public Task<CachedFile> RemoveUserFromFileAsync(
        Caller caller, CachedFileId id, string userId, CancellationToken cancellation = default)
    {
        caller.RequireMayActFor(userId);
        return WithHitsAsync(_attribution.RemoveAsync(id, userId, By(caller, userId), cancellation));
    }

    /// <summary>A pinned file is never evicted, cleaned or removed.</summary>
    public async Task<CachedFile> PinFileAsync(Caller caller, CachedFileId id, bool pinned, CancellationToken cancellation = default)
    {
        await _rights.RequireSeenAsync(caller, id, cancellation);
        return await WithHitsAsync(_store.ChangeAsync(
            id,
            pinned ? "file_pinned" : "file_unpinned",
            By(caller, null),
            (file, _) => file.Status == FileStatus.Removed ? throw CacheException.NotFound("The file was removed from the cache.")
                : file.Pinned == pinned ? null
                : (file with { Pinned = pinned }, pinned ? "kept whatever happens" : "no longer kept"),
            cancellation));
    }

    /// <summary>The file at a path, cached now if it was not, and current as of <see cref="CatalogueSettings.RevalidateAfter"/>.</summary>
    /// <exception cref="CacheException">NotFound: neither the cache nor the origin has it.</exception>
    public async ValueTask<ServedFile> FindContentAsync(Caller caller, string filePath, CancellationToken cancellation = default)
    {
        var served = await _readThrough.FindAsync(caller, filePath, cancellation);
        var file = await _content.AsItIsAsync(served.File, cancellation);
        return file == (object)served.File ? served : served with { File = file };
    }

    /// <summary>A cached file that can be served, as the cache has it.</summary>
    /// <exception cref="CacheException">NotFound: it is not cached (any more), or its copy is gone.</exception>
    public async ValueTask<ServedFile> FindContentAsync(Caller caller, CachedFileId id, CancellationToken cancellation = default)
    {
        var file = await _rights.SeenAsync(caller, id, cancellation);
        if (file.Status == FileStatus.Removed) throw CacheException.NotFound($"{file.Filename} was removed from the cache.");
        return new ServedFile(await _content.AsItIsAsync(file, cancellation), IsHit: true, IsStale: false);
    }

    /// <summary>Opens a file's bytes.</summary>
    /// <param name="length">How many; null: to the end.</param>
    public Task<Stream> OpenContentAsync(
        CachedFile file, long offset = 0, long? length = null, CancellationToken cancellation = default) =>
        _content.OpenAsync(file, offset, length, cancellation);

    /// <summary>Adds, removes, pins and unpins many files; each item stands for itself.</summary>
    /// <returns>The job, with a <see cref="BatchReport"/> as its result; running: it takes long, and goes on.</returns>
    public Task<Job> ChangeCachedFilesAsync(
        Caller caller, CatalogueBatch batch, string? requestKey = null, CancellationToken cancellation = default) =>
        _batches.StartAsync(caller, batch, requestKey, cancellation);

    /// <summary>Marks files whose copy is gone as orphaned. O(files), in bounded memory.</summary>
    /// <param name="removeOrphaned">Whether to take them out of the cache, too.</param>
    /// <returns>The job, with an <see cref="UpkeepReport"/> as its result; running: it takes long, and goes on.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine.</exception>
    public Task<Job> CleanupOrphanedFilesAsync(
        Caller caller, bool removeOrphaned, string? userId = null, string? requestKey = null, CancellationToken cancellation = default) =>
        KeepUpAsync(caller, userId, "cache_cleaned", new UpkeepTasks(RemoveOrphaned: removeOrphaned), requestKey, cancellation);

    /// <summary>
    /// Marks files whose copy is gone as orphaned, counts those whose original is gone, and deletes copies older than a day
    /// that no file names. O(files), in bounded memory.
    /// </summary>
    /// <returns>As <see cref="CleanupOrphanedFilesAsync"/>.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine.</exception>
    public Task<Job> VerifyCacheIntegrityAsync(Caller caller, string? requestKey = null, CancellationToken cancellation = default) =>
        KeepUpAsync(caller, null, "cache_verified", new UpkeepTasks(LookAtOrigins: true, Sweep: true), requestKey, cancellation);

    /// <summary>Forgets files that were removed long ago. The log of what was done to them stays. O(files), in bounded memory.</summary>
    /// <returns>As <see cref="CleanupOrphanedFilesAsync"/>.</returns>
    /// <exception cref="CacheException">Forbidden: the caller is neither an admin nor a machine.</exception>
    public Task<Job> CleanupRemovedFilesAsync(
        Caller caller, int daysToKeep, string? requestKey = null, CancellationToken cancellation = default) =>
        KeepUpAsync(
            caller,
            null,
            "cache_purged",
            new UpkeepTasks(PurgeBefore: _store.Now - TimeSpan.FromDays(daysToKeep)) { LooksAtCopies = false },
            requestKey,
            cancellation);

    /// <summary>
    /// For the hourly timer: removes files that were not used for <see cref="CatalogueSettings.TtlSeconds"/>, then evicts down to
    /// the low watermark. Safe to repeat, and on several instances at once: one does it, the others do nothing.
    /// </summary>
    public Task<(int Expired, int Evicted)> RunCleanupAsync(CancellationToken cancellation = default) => _eviction.CleanUpAsync(cancellation);

    /// <summary>The service stops: no eviction is begun any more, and one under way lets its lease go.</summary>
    public Task StopAsync(CancellationToken cancellation) => _eviction.StopAsync(cancellation);

    /// <summary>For the nightly timer. Safe to repeat, and on several instances at once: one pass runs a day.</summary>
    public async Task RunMaintenanceAsync(CancellationToken cancellation = default)
    {
        var day = RequestKey.Of(Caller.Machine, "timer", "cache_maintained", _store.Now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        await _upkeep.StartAsync("cache_maintained", new UpkeepTasks(LookAtOrigins: true, Sweep: true), Trigger.Timer, day, cancellation);
        await _batches.SweepAsync(cancellation);
        await _store.Answers.PurgeAsync(cancellation);
    }

    /// <summary>The log of cached files, newest first; users see what they did.</summary>
    public Task<(IReadOnlyList<LoggedOperation> Operations, string? Cursor)> GetOperationLogsAsync(
        Caller caller, Func<LoggedOperation, bool> fits, int limit, string? cursor, CancellationToken cancellation = default) =>
        _log.ReadAsync(
            operation => fits(operation) && (operation.Operation.TriggeredByUser is { } user
                ? caller.MayActFor(user)
                : caller.UserId is null || caller.IsAdmin),
            limit,
            cursor,
            cancellation);

    private Task<Job> KeepUpAsync(
        Caller caller, string? userId, string name, UpkeepTasks tasks, string? requestKey, CancellationToken cancellation)
    {
        caller.RequireAdmin();
        return _upkeep.StartAsync(name, tasks, By(caller, userId), requestKey, cancellation);
    }

    private async Task<CachedFile> WithHitsAsync(Task<CachedFile> file) => _index.WithHits(await file);

    private static Trigger By(Caller caller, string? userId)
    {
        if (userId is not null) caller.RequireMayActFor(userId);
        var trigger = Trigger.Of(caller);
        return userId is null ? trigger : trigger with { UserId = userId };
    }
}
