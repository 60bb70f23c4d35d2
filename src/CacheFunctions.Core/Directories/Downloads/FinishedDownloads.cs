using CacheFunctions.Directories.Cleaning;
using CacheFunctions.Errors;
using CacheFunctions.Operations;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories.Downloads;

/// <summary>
/// Registers what was stored past this service, once it is finished: when a file comes that marks the end, or nothing has come for a
/// minute. What is done then depends on what lies there at that moment and not on what was told, so it matters neither how often nor
/// in which order storage tells it.
/// </summary>
internal sealed class FinishedDownloads(DirectoryStore store, Registration registration, Recount recount)
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>Files that downloaders write when they are done.</summary>
    public static readonly IReadOnlySet<string> Marks = new HashSet<string>(StringComparer.Ordinal) { "_SUCCESS", ".complete" };

    // Clocks of storage and of this service may differ by so much.
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(5);

    private readonly DownloadRows _rows = new(store.Records);

    /// <summary>One read and one write for each directory, and what registering costs where one is finished.</summary>
    public async Task NoteAsync(IEnumerable<StorageChange> changes, CancellationToken cancellation)
    {
        foreach (var directory in changes.GroupBy(change => change.File.Ancestors.Last()))
        {
            var created = directory.Where(change => change.IsCreated).ToList();
            var isFinished = created.Exists(change => Marks.Contains(change.File.Text[(directory.Key.Text.Length + 1)..]));
            await _rows.NoteAsync(
                new Download(directory.Key, created.Count == 0 ? null : created.Max(change => change.At), store.Now, isFinished), cancellation);
        }

        await RunAsync(cancellation);
    }

    /// <summary>For the frequent timer too. Safe to repeat, and on several instances at once. One query where nothing was told.</summary>
    /// <returns>How many directories were looked at.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var count = 0;
        foreach (var (row, download) in await _rows.AllAsync(cancellation))
        {
            if (!download.IsFinished && download.ToldAt + Quiet > store.Now) continue;
            try
            {
                await SettleAsync(download, cancellation);
            }
            catch (CacheException error) when (error.Code is ErrorCode.Locked or ErrorCode.Unavailable)
            {
                // Somebody works on it; the next run tries again.
                continue;
            }

            await _rows.DeleteAsync(row, cancellation);
            count++;
        }

        return count;
    }

    private async Task SettleAsync(Download download, CancellationToken cancellation)
    {
        var holders = await store.HoldersAsync(download.Path, cancellation);
        if (await store.FindAsync(download.Path, cancellation) is { } itself) holders = [.. holders, itself.Directory];
        if (holders.Count > 0)
        {
            // It is registered, or a part of what is: then only its size is to be told.
            await recount.RunAsync(holders[0], Trigger.System, cancellation);
            return;
        }

        if (download.CreatedAt is null || await WasTakenOutSinceAsync(download, cancellation)) return;
        try
        {
            await registration.RegisterAsync(download.Path, Trigger.System, null, null, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.NotFound)
        {
            // Its files have gone again.
        }
        catch (CacheException error) when (error.Code == ErrorCode.QuotaExceeded)
        {
            var left = DirectoryStore.Log(
                "directory_registered", new CachedDirectory(download.Path.Text, 0, 0, store.Now, store.Now), Trigger.System, "its download is finished", isGone: true);
            await store.Table.CommitAsync(store.ShardOf(download.Path), new Change().Log(left with { Success = false, ErrorMessage = error.Message, State = null }));
        }
    }

    /// <summary>Whether somebody has forgotten or removed it after its files came: then what is told late must not bring it back.</summary>
    private async Task<bool> WasTakenOutSinceAsync(Download download, CancellationToken cancellation)
    {
        await foreach (var last in store.Table.Log.HistoryAsync(store.ShardOf(download.Path), download.Path.Id.ToString("N"), null, 1, cancellation))
            return last.Operation.Success && last.Timestamp > download.CreatedAt - MaxSkew;
        return false;
    }
}
