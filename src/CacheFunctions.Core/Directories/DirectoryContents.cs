using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories;

/// <summary>Files in directories, registered or not, by their paths. The last write wins.</summary>
internal sealed class DirectoryContents(DirectoryStore store, DirectoryIndex index, DirectoryRoom room)
{
    private const string What = "The file";

    /// <summary>One storage transaction.</summary>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task<ContentItem> FindAsync(DirectoryPath file, CancellationToken cancellation) =>
        await store.Contents.FindAsync(ContentName.Directories, file.Text, cancellation) ?? throw NotThere(file);

    /// <summary>One storage transaction. While the bytes are read, the directories that hold the file are in use.</summary>
    /// <exception cref="CacheException">NotFound; Conflict: the file was replaced meanwhile.</exception>
    public async Task<Stream> OpenAsync(DirectoryPath file, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        if (await store.Contents.OpenVersionAsync(ContentName.Directories, item, offset, length, cancellation) is { } content)
            return new StreamInUse(content, file, index, store.Time);
        await FindAsync(file, cancellation);
        throw new CacheException(ErrorCode.Conflict, $"'{file}' was replaced at this moment. Ask again.");
    }

    /// <summary>
    /// Two reads and one write more for each registered directory that holds it. Only those count for the quota, so only for them room
    /// is needed, and is made. Two writes of one file at the same time may
    /// leave the directories' sizes wrong until they are counted again.
    /// </summary>
    /// <param name="length">How many bytes come; null: not known.</param>
    /// <returns>The file, and whether it was not there before.</returns>
    /// <exception cref="CacheException">Locked: a directory that holds it is being removed; QuotaExceeded.</exception>
    public async Task<(ContentItem Item, bool IsNew)> WriteAsync(
        DirectoryPath file, Stream content, long? length, Trigger trigger, CancellationToken cancellation)
    {
        if (length is not null) room.RequireFits(What, length.Value);
        var holders = await RequireStandingAsync(file, cancellation);
        var before = await store.Contents.FindAsync(ContentName.Directories, file.Text, cancellation);
        using var reserved = await ReserveAsync(length is null ? 0 : length.Value - (before?.SizeBytes ?? 0));
        using var counted = new RoomAsItComes(content, before?.SizeBytes ?? 0, async (more, soFar) =>
        {
            room.RequireFits(What, soFar);
            return await ReserveAsync(more);
        });
        await using var used = new StreamInUse(length is null ? counted : content, file, index, store.Time);
        await store.Contents.WriteAsync(ContentName.Directories, file.Text, used, length, cancellation);
        var after = await FindAsync(file, CancellationToken.None);
        await store.GrowAsync(
            file, "file_stored", after.SizeBytes - (before?.SizeBytes ?? 0), before is null ? 1 : 0, isUse: true, trigger, CancellationToken.None);
        return (after, before is null);

        Task<IDisposable> ReserveAsync(long bytes) => room.ReserveAsync(file, What, holders.Count == 0 ? 0 : bytes, cancellation);
    }

    /// <exception cref="CacheException">NotFound; Locked: a directory that holds it is being removed.</exception>
    public async Task DeleteAsync(DirectoryPath file, Trigger trigger, CancellationToken cancellation)
    {
        await RequireStandingAsync(file, cancellation);
        var before = await FindAsync(file, cancellation);
        if (!await store.Contents.DeleteAsync(ContentName.Directories, file.Text, cancellation)) throw NotThere(file);
        await store.GrowAsync(file, "file_deleted", -before.SizeBytes, -1, isUse: true, trigger, CancellationToken.None);
    }

    /// <returns>The registered directories that hold it.</returns>
    private async Task<IReadOnlyList<CachedDirectory>> RequireStandingAsync(DirectoryPath file, CancellationToken cancellation)
    {
        var holders = await store.HoldersAsync(file, cancellation);
        foreach (var holder in holders)
            if (holder.RemovedWith is not null) store.RequireFree(holder);
        return holders;
    }

    private static CacheException NotThere(DirectoryPath file) => CacheException.NotFound($"There is no file '{file}' in the directory cache.");
}
