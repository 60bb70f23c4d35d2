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

    // How often others may come first.
    private const int MaxAttempts = 8;

    // What an instance remembers of its looks; when there are more, it forgets them all and looks again.
    private const int MaxRemembered = 100_000;

    private readonly CurrentFiles _current = new(store.Files, settings.RevalidateAfter);
    private readonly LastMadeOfTexts<FilePath> _paths = new(text => FilePath.Of(store.Origins, text, "path"));
    private readonly ConcurrentDictionary<CachedFileId, DateTimeOffset> _missing = new();
    private readonly SingleFlight<CachedFileId, CachedFile?> _flights = new();

    /// <exception cref="CacheException">NotFound: the origin has no such file; Unavailable: it does not answer.</exception>
    public ValueTask<ServedFile> FindAsync(Caller caller, string filePath, CancellationToken cancellation)
    {
        // Resolving and hashing a path costs more than all else that a warm read does here.
        var path = _paths.Of(filePath);
        return Current(path) is { } served ? new(served) : LookAsync(caller, path, cancellation);
    }

    private ServedFile? Current(FilePath path) => _current.Find(path.Id, store.Now) is { } known ? new ServedFile(known, IsHit: true, IsStale: false) : null;

    private async ValueTask<ServedFile> LookAsync(Caller caller, FilePath path, CancellationToken cancellation)
    {
        RequireNotMissing(path);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
            if ((await TryAsync(caller, path, cancellation) ?? Current(path)) is { } served) return served;
        throw CacheException.Unavailable($"{path.Text} is cached, changed and removed all the time. Try again.");
    }

    /// <returns>null: others have cached, refreshed or removed it meanwhile; look again.</returns>
    private async ValueTask<ServedFile?> TryAsync(Caller caller, FilePath path, CancellationToken cancellation)
    {
        var asked = store.Now;
        var changes = _current.ChangesOf(path.Id);
        if (await store.FindAsync(path.Id, cancellation) is { File: { Status: FileStatus.Active } file })
            return await RevalidatedAsync(path, file, changes, cancellation);
        try
        {
            var origin = path.RequireOrigin(store.Origins, "path");
            var request = new AddCachedFile(path.Text, Method: CacheMethod.AtomicCopy, AttributionReason: "read");
            var added = await adding.AddAsync(caller, request, null, cancellation);
            if (added.File is null)
            {
                var current = await origin.Origin.FindAsync(origin.Path, cancellation)
                    ?? throw CacheException.NotFound($"{origin.NasPath} is gone from the origin.");
                return new ServedFile(AtOrigin(path, current), IsHit: false, IsStale: false);
            }

            // What another caller's request copied may be older than this one.
            if (!added.IsNew) return await RevalidatedAsync(path, added.File, _current.ChangesOf(path.Id), cancellation);
            _current.Keep(added.File, asked, _current.ChangesOf(path.Id));
            return new ServedFile(added.File, IsHit: false, IsStale: false);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            RememberMissing(path.Id, asked + MissingFor);
            throw;
        }
    }

    /// <returns>As <see cref="TryAsync"/>.</returns>
    private async Task<ServedFile?> RevalidatedAsync(FilePath path, CachedFile file, long changes, CancellationToken cancellation)
    {
        if (file.Fingerprint is null || path.Origin is null) return new ServedFile(file, true, false);
        var asked = store.Now;
        try
        {
            if (await linking.RevalidateAsync(file, cancellation) is { } linked)
            {
                _current.Keep(linked, asked, changes);
                return new ServedFile(linked, true, false);
            }

            var current = await path.Origin.Origin.FindAsync(path.Origin.Path, cancellation)
                ?? throw CacheException.NotFound($"{path.Origin.NasPath} is gone from the origin.");
            if (current.IsSameVersion(file.Fingerprint))
            {
                _current.Keep(file, asked, changes);
                return new ServedFile(file, true, false);
            }

            var (refreshed, isOwn) = await _flights.RunAsync(file.Id, () => RefreshAsync(path, file, current), cancellation);
            // A copy that was begun before this look may be older than what was seen.
            if (refreshed is null || !isOwn) return null;
            if (refreshed.Content is not null) _current.Keep(refreshed, asked, _current.ChangesOf(file.Id));
            return new ServedFile(refreshed, false, false);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Unavailable && settings.ServeStaleOnError)
        {
            return new ServedFile(file, true, IsStale: true);
        }
    }

    /// <summary>Copies the origin's new version. Safe to repeat: it takes the place of the copy that was seen, and of no other.</summary>
    /// <returns>The file; when its copy takes long, as it is at the origin meanwhile. null: others were first, look again.</returns>
    private async Task<CachedFile?> RefreshAsync(FilePath path, CachedFile before, Fingerprint current)
    {
        var request = new AddCachedFile(before.FilePath, before.OriginalPath, Operation: before.TriggeredByOperation, Metadata: before.Metadata);
        var asked = new ToRecord(request, before.Method, Trigger.System, null, before.Content);
        var patience = large.NewPatience();
        var added = await copier.CopyAsync(before.Id, path.Origin!, patience) is { } copied
            ? await recording.RecordCopyAsync(before.Id, asked, copied)
            : await large.CopyAsync(path, path.Origin!, asked, patience);
        return added is null ? null : added.File ?? AtOrigin(path, current);
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

    private void RememberMissing(CachedFileId id, DateTimeOffset until)
    {
        if (_missing.Count >= MaxRemembered) _missing.Clear();
        _missing[id] = until;
    }
}

/// <summary>A file that can be served.</summary>
/// <param name="IsHit">Whether the cache had it; false: the origin was read for it.</param>
/// <param name="IsStale">Whether the origin did not answer, so that nobody knows whether it has changed.</param>
public sealed record ServedFile(CachedFile File, bool IsHit, bool IsStale);
