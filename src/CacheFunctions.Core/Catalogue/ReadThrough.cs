using System.Collections.Concurrent;
using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Serves files by path: from the cache while the copy is known to be current, else after a look at the origin, which is
/// read only when its file has changed or was never cached.
/// </summary>
internal sealed class ReadThrough(
    CatalogueStore store, Adding adding, FileCopier copier, Recording recording, LargeCopies large, Linking linking, CatalogueSettings settings)
{
    private static readonly TimeSpan MissingFor = TimeSpan.FromSeconds(5);

    // What an instance remembers of its looks; when there are more, it forgets them all and looks again.
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<CachedFileId, DateTimeOffset> _validated = new();
    private readonly ConcurrentDictionary<CachedFileId, DateTimeOffset> _missing = new();
    private readonly SingleFlight<CachedFileId, CachedFile> _flights = new();

    /// <exception cref="CacheException">NotFound: the origin has no such file; Unavailable: it does not answer.</exception>
    public async Task<ServedFile> FindAsync(Caller caller, string filePath, CancellationToken cancellation)
    {
        var path = FilePath.Of(store.Origins, filePath, "path");
        RequireNotMissing(path);
        if (await store.FindAsync(path.Id, cancellation) is { File: { Status: FileStatus.Active } file })
            return await RevalidatedAsync(path, file, cancellation);
        try
        {
            var origin = path.RequireOrigin(store.Origins, "path");
            var added = await adding.AddAsync(caller, new AddCachedFile(filePath, Method: CacheMethod.AtomicCopy, AttributionReason: "read"), null, cancellation);
            if (added.File is null)
            {
                var current = await origin.Origin.FindAsync(origin.Path, cancellation)
                    ?? throw CacheException.NotFound($"{origin.NasPath} is gone from the origin.");
                return new ServedFile(AtOrigin(path, current), IsHit: false, IsStale: false);
            }

            Remember(_validated, path.Id, store.Now);
            return new ServedFile(added.File, IsHit: !added.IsNew, IsStale: false);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            Remember(_missing, path.Id, store.Now + MissingFor);
            throw;
        }
    }

    private async Task<ServedFile> RevalidatedAsync(FilePath path, CachedFile file, CancellationToken cancellation)
    {
        if (file.Fingerprint is null || path.Origin is null) return new ServedFile(file, true, false);
        if (_validated.TryGetValue(file.Id, out var at) && at + settings.RevalidateAfter > store.Now) return new ServedFile(file, true, false);
        try
        {
            if (await linking.RevalidateAsync(file, cancellation) is { } linked)
            {
                Remember(_validated, file.Id, store.Now);
                return new ServedFile(linked, true, false);
            }

            var current = await path.Origin.Origin.FindAsync(path.Origin.Path, cancellation)
                ?? throw CacheException.NotFound($"{path.Origin.NasPath} is gone from the origin.");
            var isHit = current.IsSameVersion(file.Fingerprint);
            if (!isHit) (file, _) = await _flights.RunAsync(file.Id, () => RefreshAsync(path, file, current), cancellation);
            if (file.Content is not null) Remember(_validated, file.Id, store.Now);
            return new ServedFile(file, isHit, false);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Unavailable && settings.ServeStaleOnError)
        {
            return new ServedFile(file, true, IsStale: true);
        }
    }

    /// <summary>Copies the origin's new version. Safe to repeat: of several copies the one that a transaction named stays.</summary>
    /// <returns>The file; when its copy takes long, as it is at the origin meanwhile.</returns>
    private async Task<CachedFile> RefreshAsync(FilePath path, CachedFile before, Fingerprint current)
    {
        if (await copier.CopyAsync(before.Id, path.Origin!, CancellationToken.None) is { } copied)
            return await recording.RefreshAsync(before.Id, copied);
        var request = new AddCachedFile(before.FilePath, before.OriginalPath, Operation: before.TriggeredByOperation, Metadata: before.Metadata);
        var added = await large.CopyAsync(path, path.Origin!, new ToRecord(request, before.Method, Trigger.System, null));
        return added.File ?? AtOrigin(path, current);
    }

    /// <summary>The origin's own file, for those who need not wait for its copy.</summary>
    private CachedFile AtOrigin(FilePath path, Fingerprint current) => new(
        path.Id, path.Text, path.Text, path.Origin!.NasPath, CacheMethod.AtomicCopy, current.SizeBytes, store.Now,
        CacheTrigger.Manual, null, [], FileStatus.Active, store.Now, Fingerprint: current);

    private void RequireNotMissing(FilePath path)
    {
        if (_missing.TryGetValue(path.Id, out var until) && until > store.Now)
            throw CacheException.NotFound($"{path.Text} does not exist on the origin (asked a moment ago).");
    }

    private static void Remember(ConcurrentDictionary<CachedFileId, DateTimeOffset> memory, CachedFileId id, DateTimeOffset at)
    {
        if (memory.Count >= MaxRemembered) memory.Clear();
        memory[id] = at;
    }
}

/// <summary>A file that can be served.</summary>
/// <param name="IsHit">Whether the cache had it; false: the origin was read for it.</param>
/// <param name="IsStale">Whether the origin did not answer, so that nobody knows whether it has changed.</param>
public sealed record ServedFile(CachedFile File, bool IsHit, bool IsStale);
