using System.Runtime.CompilerServices;
using CacheFunctions.Catalogue.Index;
using CacheFunctions.Errors;
using CacheFunctions.Hits;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>
/// What concerns many cached files: lists, searches, statistics, exports. A user sees what is cached for that user; machines
/// and admins see everything.
/// </summary>
internal sealed class CataloguePages(CatalogueStore store, CatalogueIndex index, HitCounter hits)
{
    /// <summary>Of the hit ratio, where no period is asked for.</summary>
    private static readonly TimeSpan OrdinaryWindow = TimeSpan.FromDays(30);

    private readonly ListedFiles _listed = new(store, index);

    public async Task<CachedFilesPage> PageAsync(Caller caller, FilesQuery query, bool exact, CancellationToken cancellation)
    {
        query = query with { Filter = query.Filter with { UserId = caller.Sees(query.Filter.UserId) } };
        var page = await index.PageAsync(query, exact, cancellation);
        return new CachedFilesPage(await _listed.CompleteAsync(page.Files, cancellation), page.TotalCount, page.Next, query.Filter);
    }

    public async Task<CacheStatistics> StatisticsAsync(Caller caller, int? days, bool exact, CancellationToken cancellation)
    {
        var period = days is { } count ? TimeSpan.FromDays(count) : (TimeSpan?)null;
        var files = await index.StatisticsAsync(caller.Sees(null), store.Now - period, exact, cancellation);
        var most = files.MostAccessed is { } file ? await _listed.CompleteAsync([file], cancellation) : [];
        return new CacheStatistics(
            files, most.Count > 0 ? most[0].CachedPath : null, await hits.ReadAsync(period ?? OrdinaryWindow, cancellation));
    }

    public Task<UserStatistics> UserStatisticsAsync(Caller caller, string userId, int days, bool exact, CancellationToken cancellation)
    {
        caller.RequireMayActFor(userId);
        return index.UserStatisticsAsync(userId, store.Now - TimeSpan.FromDays(days), exact, cancellation);
    }

    /// <summary>
    /// Reads the rows themselves, shard by shard and page by page: an export shows what only rows hold, and of nearly all of them,
    /// so a thousand rows for one query cost least. The index adds the hits.
    /// </summary>
    public IAsyncEnumerable<CachedFile> ExportAsync(Caller caller, string? userId, FileStatus? status, CancellationToken cancellation)
    {
        if (caller.UserId is not null && !caller.IsAdmin)
            throw new CacheException(ErrorCode.Forbidden, "Exports are for admins. List your own files with GET /api/cached/files.");
        return ReadAsync(userId, status, cancellation);
    }

    private async IAsyncEnumerable<CachedFile> ReadAsync(
        string? userId, FileStatus? status, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await index.RefreshAsync(exact: false, cancellation);
        for (var shard = 0; shard < store.Files.ShardCount; shard++)
        {
            await foreach (var row in store.Files.QueryAsync(shard, KeyRange.Prefix(CatalogueRows.Files), cancellation))
            {
                var file = CatalogueRows.File(row);
                if (status is null ? file.Status == FileStatus.Removed : file.Status != status) continue;
                if (userId is null || file.Users.Contains(userId)) yield return index.WithHits(file);
            }
        }
    }
}
