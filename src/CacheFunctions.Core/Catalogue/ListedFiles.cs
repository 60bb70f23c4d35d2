using System.Collections.Concurrent;
using CacheFunctions.Catalogue.Index;

namespace CacheFunctions.Catalogue;

/// <summary>
/// Completes what the index found with what only rows hold: where original and copy lie, metadata, hashes. Rows are read by
/// their keys, for the files that are shown, and kept until the index learns that they changed. So a page that was shown
/// before costs nothing, and no answer is older than the index it came from.
/// </summary>
internal sealed class ListedFiles
{
    private const int ReadsAtOnce = 16;

    // About as many as ten thousand ordinary rows; when there are more, it forgets them all and reads again.
    private const long MaxBytes = 16 << 20;

    private readonly CatalogueStore _store;
    private readonly ConcurrentDictionary<CachedFileId, KeptRow> _kept = new();
    private long _bytes;

    public ListedFiles(CatalogueStore store, CatalogueIndex index)
    {
        _store = store;
        index.Changed += Forget;
    }

    /// <summary>
    /// Files as the index has them, so that each fits the filter that found it. One point read for each row that is not kept.
    /// </summary>
    /// <returns>In the same order, without those purged meanwhile.</returns>
    public async Task<IReadOnlyList<CachedFile>> CompleteAsync(IReadOnlyList<IndexedFile> found, CancellationToken cancellation)
    {
        var files = new CachedFile?[found.Count];
        var missing = new List<int>();
        for (var i = 0; i < files.Length; i++)
        {
            if (_kept.TryGetValue(found[i].Id, out var kept) && kept.File is { } file) files[i] = Merge(file, found[i]);
            else missing.Add(i);
        }

        await Parallel.ForEachAsync(
            missing,
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellation },
            async (i, token) => files[i] = await ReadAsync(found[i].Id, token) is { } file ? Merge(file, found[i]) : null);
        return [.. files.OfType<CachedFile>()];
    }

    private static CachedFile Merge(CachedFile row, IndexedFile found) => row with
    {
        FilePath = found.FilePath,
        Method = found.Method,
        SizeBytes = found.SizeBytes,
        CachedAt = found.CachedAt,
        LastAccessed = found.LastAccessed,
        AccessCount = found.AccessCount,
        TriggeredByOperation = found.TriggeredByOperation,
        Users = found.Users,
        Status = found.Status,
        Pinned = found.Pinned,
    };

    private async Task<CachedFile?> ReadAsync(CachedFileId id, CancellationToken cancellation)
    {
        // A change that becomes known while the row is read takes this place away, and what was read is not kept.
        var place = new KeptRow(null);
        _kept[id] = place;
        try
        {
            var file = (await _store.FindAsync(id, cancellation))?.File;
            if (file is not null && _kept.TryUpdate(id, new KeptRow(file), place)) Grow(Bytes(file));
            return file;
        }
        finally
        {
            _kept.TryRemove(KeyValuePair.Create(id, place));
        }
    }

    private void Forget(CachedFileId? id)
    {
        if (id is null) Clear();
        else if (_kept.TryRemove(id.Value, out var kept) && kept.File is { } file) Interlocked.Add(ref _bytes, -Bytes(file));
    }

    private void Grow(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > MaxBytes) Clear();
    }

    private void Clear()
    {
        _kept.Clear();
        Interlocked.Exchange(ref _bytes, 0);
    }

    // Texts by their characters, the rest by and large.
    private static long Bytes(CachedFile file) => 1_000 + 2L * (
        file.FilePath.Length + file.OriginalPath.Length + file.CachedPath.Length + (file.Metadata?.Length ?? 0)
        + file.Users.Sum(user => user.Length + 16));

    // Compared by reference, so that no two are equal.
    private sealed class KeptRow(CachedFile? file)
    {
        /// <summary>null: it is being read.</summary>
        public CachedFile? File { get; } = file;
    }
}
