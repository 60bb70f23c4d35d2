using CacheFunctions.Files.Stored;
using CacheFunctions.Storage;

namespace CacheFunctions.Files.Log;

/// <summary>
/// Tells of changes whose instance died before it could: what the blob is now says whether they were made. Safe to repeat, and beside
/// instances that are only slow, for the log then holds both what was seen here and what they say.
/// </summary>
internal sealed class Settlement(FileLog log, IFileStore store, FileEnvelope envelope)
{
    // No request lasts so long.
    private static readonly TimeSpan After = TimeSpan.FromHours(1);

    /// <summary>One query a shard when there is nothing to do.</summary>
    /// <returns>How many were settled.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var settled = 0;
        for (var shard = 0; shard < log.Table.ShardCount; shard++)
        {
            var rows = new List<Row>();
            await foreach (var row in log.Table.QueryAsync(shard, PendingFile.All, cancellation)) rows.Add(row);
            foreach (var pending in rows.Select(PendingFile.Read).Where(each => each.BegunAt + After <= log.Now))
            {
                cancellation.ThrowIfCancellationRequested();
                await SettleAsync(pending, cancellation);
                settled++;
            }
        }

        return settled;
    }

    private async Task SettleAsync(PendingFile pending, CancellationToken cancellation)
    {
        var blob = await store.FindAsync(pending.Address.BlobName, cancellation);
        var isDone = pending.Change == FileChange.Upload ? IsOf(pending.Id, blob) : blob is null;
        if (isDone) await log.CompleteAsync(pending, "its instance ended before it could tell; found in storage");
        else await log.FailAsync(pending, "Its instance ended before it could tell, and what it was to do is not what storage holds.");
    }

    private bool IsOf(string write, FileBlob? blob)
    {
        try
        {
            return blob is not null && envelope.Open(blob)?.Header.Write == write;
        }
        catch (FileDownloadError)
        {
            return false;
        }
    }
}
