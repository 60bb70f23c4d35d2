using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <content>
/// Lists, searches, statistics and exports. They come from memory: at most 2 s behind other instances, never behind this
/// one, and exact with <c>consistent</c>, which costs one query for each shard. Users see what is cached for them; a
/// user_id that is not the caller's own throws Forbidden.
/// </content>
public sealed partial class CachedFilesService
{
    /// <summary>One page of files by any filter. O(files) in memory; a point read for each file on the page that was not shown before.</summary>
    /// <exception cref="CacheException">InvalidArgument: the cursor is of another order.</exception>
    public Task<CachedFilesPage> GetCachedFilesAsync(
        Caller caller, FilesQuery query, bool consistent = false, CancellationToken cancellation = default) =>
        _pages.PageAsync(caller, query, consistent, cancellation);

    /// <summary>Files in which a text occurs, whatever its case, those cached last first.</summary>
    public Task<CachedFilesPage> SearchCachedFilesAsync(
        Caller caller,
        string text,
        SearchType type = SearchType.All,
        int limit = 50,
        bool includeRemoved = false,
        FileCursor? after = null,
        bool consistent = false,
        CancellationToken cancellation = default) =>
        _pages.PageAsync(
            caller,
            new FilesQuery(new CachedFilesFilter(text), Limit: limit, After: after, SearchType: type, IncludeRemoved: includeRemoved),
            consistent,
            cancellation);

    /// <summary>What is cached for a user, the newest first.</summary>
    public Task<CachedFilesPage> GetFilesByUserAsync(Caller caller, string userId, int limit = 50, CancellationToken cancellation = default) =>
        GetCachedFilesAsync(caller, new FilesQuery(new CachedFilesFilter(UserId: userId), Limit: limit), cancellation: cancellation);

    /// <summary>The cache by the numbers; for a user, those of that user's files. The hit ratio is everybody's.</summary>
    /// <param name="days">Only files cached in so many last days, and hits in them (365 at the most); null: all files, and hits of 30 days.</param>
    public Task<CacheStatistics> GetCacheStatisticsAsync(
        Caller caller, int? days = null, bool consistent = false, CancellationToken cancellation = default) =>
        _pages.StatisticsAsync(caller, days, consistent, cancellation);

    /// <summary>What was cached for a user in the last days, without removed files.</summary>
    public Task<UserStatistics> GetUserStatisticsAsync(
        Caller caller, string userId, int days = 30, bool consistent = false, CancellationToken cancellation = default) =>
        _pages.UserStatisticsAsync(caller, userId, days, consistent, cancellation);

    /// <summary>
    /// All files, in no order, read from storage as they are asked for: one query a thousand files, and memory for as many.
    /// What changes meanwhile may be in or not.
    /// </summary>
    /// <param name="status">null: all but removed ones.</param>
    /// <exception cref="CacheException">Forbidden: exports are for machines and admins.</exception>
    public IAsyncEnumerable<CachedFile> ExportCachedFilesAsync(
        Caller caller, string? userId = null, FileStatus? status = null, CancellationToken cancellation = default) =>
        _pages.ExportAsync(caller, userId, status, cancellation);

    /// <summary>Counts that a file's bytes were served. No storage transaction: hits gather in memory.</summary>
    /// <param name="bytes">How many were sent.</param>
    public void NoteServed(ServedFile served, long bytes)
    {
        _notices.Touch(served.File.Id);
        if (served.IsHit) _hits.Hit(bytes);
        else _hits.Miss(bytes);
    }
}
