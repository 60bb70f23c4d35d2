using CacheFunctions.Content;
using CacheFunctions.Content.Hot;
using CacheFunctions.Errors;
using CacheFunctions.Files;
using CacheFunctions.Operations;
using CacheFunctions.Origins;
using CacheFunctions.Security;
using CacheFunctions.Storage;

namespace CacheFunctions.Directories;

/// <summary>The records and contents of the directory cache, as its parts share them.</summary>
/// <param name="hot">What the instance keeps of content; null: nothing.</param>
/// <param name="settings">How long what storage told of a file counts as current, and is kept; null: as by default.</param>
public sealed class DirectoryStore(
    IRecordStore records,
    RecordTable table,
    IContentStore contents,
    OriginSet origins,
    TimeProvider time,
    RandomIds? ids = null,
    HotContent? hot = null,
    FileSettings? settings = null)
{
    public const string TableName = "directories";

    internal IRecordStore Records => records;

    internal RecordTable Table => table;

    internal DirectoryBlobs Blobs { get; } = new(contents, hot ?? HotContent.None, settings ?? new FileSettings(), time);

    internal OriginSet Origins => origins;

    internal RandomIds Ids { get; } = ids ?? RandomIds.Secure;

    internal TimeProvider Time => time;

    internal DateTimeOffset Now => time.GetUtcNow();

    internal int ShardOf(DirectoryPath path) => table.ShardOf(path.Hash);

    /// <summary>One point read.</summary>
    /// <returns>null: it is not registered.</returns>
    internal async Task<FoundDirectory?> FindAsync(DirectoryPath path, CancellationToken cancellation) =>
        await table.GetAsync(ShardOf(path), DirectoryRows.Key(path.Text), cancellation) is { } row
            ? new FoundDirectory(row, DirectoryRows.Read(row))
            : null;

    /// <exception cref="CacheException">NotFound.</exception>
    internal async Task<FoundDirectory> GetAsync(DirectoryPath path, CancellationToken cancellation) =>
        await FindAsync(path, cancellation) ?? throw CacheException.NotFound($"'{path}' is not registered. Register it with POST /cache/register/{path}");

    /// <summary>The registered directories that hold a path. One point read a level, all at once.</summary>
    internal async Task<IReadOnlyList<CachedDirectory>> HoldersAsync(DirectoryPath path, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(path.Ancestors.Select(ancestor => FindAsync(ancestor, cancellation)));
        return [.. found.OfType<FoundDirectory>().Select(each => each.Directory)];
    }

    /// <summary>
    /// Changes a directory's row with the operation that tells of it. Safe to repeat: decided anew from what is read then.
    /// </summary>
    /// <param name="decide">What becomes of it, and why; null: nothing.</param>
    /// <exception cref="CacheException">NotFound: it is not registered.</exception>
    internal Task<CachedDirectory> ChangeAsync(
        DirectoryPath path,
        string operation,
        Trigger trigger,
        Func<CachedDirectory, (CachedDirectory Directory, string Reason)?> decide,
        CancellationToken cancellation) =>
        table.UpdateAsync(
            ShardOf(path),
            async token =>
            {
                var (row, directory) = await GetAsync(path, token);
                return decide(directory) is { } decided
                    ? new(new Change().Replace(row, DirectoryRows.Values(decided.Directory)).Log(Log(operation, decided.Directory, trigger, decided.Reason)), decided.Directory)
                    : new Decision<CachedDirectory>(null, directory);
            },
            cancellation);

    /// <summary>
    /// Before something is put into a directory: notes the use in the rows of those that hold it, so that nobody who looks at
    /// them from then on takes them for expired.
    /// </summary>
    /// <returns>Those, the outermost first.</returns>
    /// <exception cref="CacheException">Locked: one of them is being removed.</exception>
    internal async Task<IReadOnlyList<CachedDirectory>> UseHoldersAsync(DirectoryPath path, Trigger trigger, CancellationToken cancellation)
    {
        var holders = await HoldersAsync(path, cancellation);
        foreach (var holder in holders)
        {
            try
            {
                await ChangeAsync(
                    DirectoryPath.Stored(holder.Path),
                    "directory_accessed",
                    trigger,
                    directory =>
                    {
                        if (directory.RemovedWith is not null) RequireFree(directory);
                        return Now > directory.LastAccessed ? (directory with { LastAccessed = Now }, $"'{path}' in it is registered") : null;
                    },
                    cancellation);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                // Forgotten by somebody meanwhile.
            }
        }

        return holders;
    }

    /// <summary>Adds to the size of every registered directory that holds a file. One that has gone meanwhile needs it no more.</summary>
    /// <param name="isUse">Whether it is a use of them.</param>
    internal async Task GrowAsync(
        DirectoryPath path, string operation, long bytes, long files, bool isUse, Trigger trigger, CancellationToken cancellation)
    {
        // The outermost, which counts for the quota, last: then its room is no longer reserved either.
        foreach (var holder in (await HoldersAsync(path, cancellation)).Reverse())
        {
            try
            {
                await ChangeAsync(
                    DirectoryPath.Stored(holder.Path),
                    operation,
                    trigger,
                    directory => (directory with
                    {
                        // Never below nothing, should the last count have been wrong: the next one is right again.
                        SizeBytes = Math.Max(0, directory.SizeBytes + bytes),
                        FileCount = Math.Max(0, directory.FileCount + files),
                        LastAccessed = isUse && Now > directory.LastAccessed ? Now : directory.LastAccessed,
                    }, path.Text),
                    cancellation);
            }
            catch (CacheException error) when (error.Code == ErrorCode.NotFound)
            {
                // Forgotten by somebody meanwhile.
            }
        }
    }

    /// <summary>Lists what lies in a directory: one transaction for 5,000 files.</summary>
    internal async Task<(long SizeBytes, long FileCount)> CountAsync(DirectoryPath path, CancellationToken cancellation)
    {
        var (size, count) = (0L, 0L);
        await foreach (var item in Blobs.ListAsync(path.Prefix, cancellation))
        {
            size += item.SizeBytes;
            count++;
        }

        return (size, count);
    }

    internal static Operation Log(string type, CachedDirectory directory, Trigger trigger, string reason, bool isGone = false) => new(
        type,
        DirectoryPath.Stored(directory.Path).Id.ToString("N"),
        directory.Path,
        trigger.By,
        trigger.UserId,
        reason,
        State: directory.Write(isGone));

    /// <param name="owner">Who asks; null: nobody who could have a lock.</param>
    /// <exception cref="CacheException">Locked: somebody works on it, or was removing it when it died.</exception>
    internal void RequireFree(CachedDirectory directory, string? owner = null)
    {
        if (directory.LockOwner == owner || (!directory.IsLocked(Now) && directory.RemovedWith is null)) return;
        var what = directory.RemovedWith is null ? "is being worked on" : "is being removed";
        throw new CacheException(
            ErrorCode.Locked,
            $"'{directory.Path}' {what}. Try again later.",
            new Dictionary<string, object?> { ["holder"] = directory.LockOwner, ["expires_at"] = directory.LockedUntil });
    }
}

/// <summary>A directory with the row it was read from.</summary>
internal sealed record FoundDirectory(Row Row, CachedDirectory Directory);
