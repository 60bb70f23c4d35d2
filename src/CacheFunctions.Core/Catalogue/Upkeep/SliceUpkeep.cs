using System.Globalization;
using System.Runtime.CompilerServices;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue.Upkeep;

/// <summary>
/// Looks at one slice of the catalogue: the ids that begin with the same hex digit. Its records and its copies come in the
/// same order, so both are read once, side by side, in bounded memory: one listing, and one query for each of the slice's shards.
/// </summary>
internal sealed class SliceUpkeep(CatalogueStore store, Removal removal, Linking linking)
{
    public const int Count = 16;

    // Whoever is caching a file now places its link.
    private static readonly TimeSpan LinkAge = TimeSpan.FromHours(1);

    // A copy that no record names may be one that is about to be recorded.
    private static readonly TimeSpan StrayAge = TimeSpan.FromDays(1);

    private readonly Purge _purge = new(store);

    /// <summary>Safe to repeat: what is found is decided anew, on the record as it stands, in the transaction that changes it.</summary>
    public async Task<UpkeepReport> RunAsync(int slice, UpkeepTasks tasks, Trigger trigger, CancellationToken cancellation)
    {
        var prefix = slice.ToString("x", CultureInfo.InvariantCulture);
        var report = new UpkeepReport(Slices: 1);
        await using var copies = Copies(tasks, prefix, cancellation).GetAsyncEnumerator(cancellation);
        var hasCopy = await copies.MoveNextAsync();
        await foreach (var file in FilesAsync(slice, prefix, cancellation))
        {
            var hasOwn = false;
            for (; hasCopy && string.CompareOrdinal(OwnerOf(copies.Current.Name), file.Id.ToString()) is <= 0 and var order; hasCopy = await copies.MoveNextAsync())
            {
                if (order == 0 && copies.Current.Name == file.Content) hasOwn = true;
                else report += await SweepAsync(copies.Current, tasks, cancellation);
            }

            report += await LookAtAsync(file, hasOwn, tasks, trigger, cancellation);
        }

        for (; hasCopy; hasCopy = await copies.MoveNextAsync()) report += await SweepAsync(copies.Current, tasks, cancellation);
        return report;
    }

    private IAsyncEnumerable<ContentItem> Copies(UpkeepTasks tasks, string prefix, CancellationToken cancellation) =>
        tasks.LooksAtCopies ? store.Contents.ListAsync(ContentName.Cache, prefix, cancellation) : AsyncEnumerable.Empty<ContentItem>();

    private async IAsyncEnumerable<CachedFile> FilesAsync(
        int slice, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Each shard has one range of ids, so a slice lies in a row of shards.
        var first = store.Files.ShardOf([(byte)(slice << 4), 0, 0, 0]);
        var last = store.Files.ShardOf([(byte)(slice << 4 | 0xf), 0xff, 0xff, 0xff]);
        for (var shard = first; shard <= last; shard++)
            await foreach (var row in store.Files.QueryAsync(shard, KeyRange.Prefix(CatalogueRows.Files + prefix), cancellation))
                yield return CatalogueRows.File(row);
    }

    private async Task<UpkeepReport> LookAtAsync(
        CachedFile file, bool hasOwn, UpkeepTasks tasks, Trigger trigger, CancellationToken cancellation)
    {
        if (file.Status == FileStatus.Removed)
            return tasks.PurgeBefore > file.StatusSince && await _purge.RunAsync(file, trigger, cancellation) ? new(Purged: 1) : new();
        if (!tasks.LooksAtCopies) return new();
        // Begun, and interrupted before its end.
        if (file.Status == FileStatus.PendingRemoval) return await RemoveAsync(file, trigger, cancellation);
        var report = new UpkeepReport(Checked: 1);
        // The listing may have been a moment before the record, so that a new copy is not in it.
        var isThere = hasOwn || await IsThereAsync(file, cancellation);
        if (isThere != (file.Status == FileStatus.Active)) report += await MarkAsync(file, isThere, trigger, cancellation);
        if (!isThere && tasks.RemoveOrphaned) return report + await RemoveAsync(file, trigger, cancellation);
        if (isThere && file.StatusSince + LinkAge < store.Now) await LinkAsync(file);
        return tasks.LookAtOrigins && isThere && await IsOriginGoneAsync(file, cancellation)
            ? report + new UpkeepReport(OriginMissing: 1, OriginMissingPaths: [file.OriginalPath])
            : report;
    }

    /// <summary>Places the link of a file whose instance died before it could, and ends what it left.</summary>
    private async Task LinkAsync(CachedFile file)
    {
        try
        {
            if (file.Status == FileStatus.Active) await linking.PlaceAsync(file);
        }
        catch (CacheException)
        {
            // The original has changed: whoever reads the file next has it copied again, and linked.
        }
    }

    private async Task<bool> IsThereAsync(CachedFile file, CancellationToken cancellation)
    {
        if (file.Content is { } own) return await store.Contents.SizeAsync(ContentName.Cache, own, cancellation) is not null;
        try
        {
            return await store.SizeOfCopyAsync(file.CachedPath, cancellation) is not null;
        }
        catch (CacheException error) when (error.Code != ErrorCode.Unavailable)
        {
            // It has become something that cannot be read: a link, a folder.
            return false;
        }
    }

    private async Task<bool> IsOriginGoneAsync(CachedFile file, CancellationToken cancellation)
    {
        if (file.Fingerprint is null || store.Origins.TryResolve(file.OriginalPath, "original_path") is not { } path) return false;
        try
        {
            return await path.Origin.FindAsync(path.Path, cancellation) is null;
        }
        catch (CacheException)
        {
            // An origin that does not answer says nothing.
            return false;
        }
    }

    private async Task<UpkeepReport> MarkAsync(CachedFile seen, bool isThere, Trigger trigger, CancellationToken cancellation)
    {
        var changed = false;
        await store.ChangeAsync(
            seen.Id,
            isThere ? "file_restored" : "file_orphaned",
            trigger,
            (file, _) =>
            {
                // Another copy than the one that was looked for, or another status: then nothing is known of it.
                changed = file.Content == seen.Content && file.CachedPath == seen.CachedPath && file.Status == seen.Status;
                var status = isThere ? FileStatus.Active : FileStatus.Orphaned;
                return changed ? (file with { Status = status, StatusSince = store.Now }, isThere ? "its copy is there again" : "its copy is gone") : null;
            },
            cancellation);
        return !changed ? new() : isThere ? new(Restored: 1) : new(Orphaned: 1);
    }

    private async Task<UpkeepReport> RemoveAsync(CachedFile file, Trigger trigger, CancellationToken cancellation)
    {
        try
        {
            await removal.RemoveAsync(file.Id, file.Status == FileStatus.PendingRemoval ? "interrupted before" : "orphaned", trigger, null, cancellation);
            return new(Removed: 1);
        }
        catch (CacheException error) when (error.Code is ErrorCode.NotFound or ErrorCode.Conflict)
        {
            // Somebody else was first, or it is pinned.
            return new();
        }
    }

    private async Task<UpkeepReport> SweepAsync(ContentItem copy, UpkeepTasks tasks, CancellationToken cancellation)
    {
        if (!tasks.Sweep || copy.WrittenAt + StrayAge > store.Now || !ContentName.IsMinted(copy.Name)) return new();
        // Read after the listing: a name is never used twice, so what no record names now none ever will.
        if (CachedFileId.TryParse(OwnerOf(copy.Name), out var id) && await store.FindAsync(id, cancellation) is { } found && found.File.Content == copy.Name)
            return new();
        return await store.Contents.DeleteAsync(ContentName.Cache, copy.Name, cancellation) ? new(Swept: 1) : new();
    }

    private static string OwnerOf(string name) => name.IndexOf('/') is > 0 and var slash ? name[..slash] : name;
}
