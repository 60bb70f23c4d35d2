using System.Collections.Concurrent;
using CacheFunctions.Storage;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Files that were found to be what their originals are, for as long as that counts: they are served without a look at record
/// or origin. What this instance changes is forgotten at once; what others change is seen when it no longer counts.
/// </summary>
internal sealed class CurrentFiles
{
    // When there are more, it forgets them all and looks again.
    private const int MaxFiles = 100_000;

    private readonly TimeSpan _countsFor;
    private readonly ConcurrentDictionary<CachedFileId, (DateTimeOffset At, CachedFile File)> _files = new();

    // By a few bits of the id: how often this instance has changed such a file.
    private readonly long[] _changes = new long[1024];

    /// <param name="countsFor">0: nothing is kept.</param>
    public CurrentFiles(RecordTable files, TimeSpan countsFor)
    {
        _countsFor = countsFor;
        files.Committed += (_, _, change) =>
        {
            foreach (var operation in change.Operations)
            {
                if (!CachedFileId.TryParse(operation.Entity, out var id)) continue;
                Interlocked.Increment(ref _changes[PlaceOf(id)]);
                _files.TryRemove(id, out var _);
            }
        };
    }

    /// <returns>null: it is to be looked at.</returns>
    public CachedFile? Find(CachedFileId id, DateTimeOffset now) =>
        _files.TryGetValue(id, out var kept) && kept.At + _countsFor > now ? kept.File : null;

    /// <summary>To be asked for before the record is read, or right after it was written: who removes it at that very moment sees it kept.</summary>
    public long ChangesOf(CachedFileId id) => Volatile.Read(ref _changes[PlaceOf(id)]);

    /// <param name="at">When it was asked; it was current then or later.</param>
    /// <param name="changes">As <see cref="ChangesOf"/> told before the record was read: what was changed since is not kept.</param>
    public void Keep(CachedFile file, DateTimeOffset at, long changes)
    {
        if (_files.Count >= MaxFiles) _files.Clear();
        _files[file.Id] = (at, file);
        // A change in between has either been seen here, or removes what was put above.
        if (ChangesOf(file.Id) != changes) _files.TryRemove(file.Id, out _);
    }

    private int PlaceOf(CachedFileId id) => (int)((uint)id.GetHashCode() % _changes.Length);
}
