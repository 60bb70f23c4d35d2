using CacheFunctions.Content;
using CacheFunctions.Directories.Index;
using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories;

/// <summary>Files in directories, registered or not, by their paths. The last write wins.</summary>
internal sealed class DirectoryContents(DirectoryStore store, DirectoryIndex index, DirectorySettings settings)
{
    /// <summary>One storage transaction.</summary>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task<ContentItem> FindAsync(DirectoryPath file, CancellationToken cancellation) =>
        await store.Contents.FindAsync(ContentName.Directories, file.Text, cancellation) ?? throw NotThere(file);

    /// <summary>One storage transaction. While the bytes are read, the directories that hold the file are in use.</summary>
    /// <exception cref="CacheException">NotFound; Conflict: the file was replaced meanwhile.</exception>
    public async Task<Stream> OpenAsync(DirectoryPath file, ContentItem item, long offset, long? length, CancellationToken cancellation)
    {
        if (await store.Contents.OpenVersionAsync(ContentName.Directories, item, offset, length, cancellation) is { } content)
            return new StreamInUse(content, store.Time, () => index.Touch(file, 0));
        await FindAsync(file, cancellation);
        throw new CacheException(ErrorCode.Conflict, $"'{file}' was replaced at this moment. Ask again.");
    }

    /// <summary>
    /// Two reads and one write more for each registered directory that holds it. Two writes of one file at the same time may
    /// leave the directories' sizes wrong until they are counted again.
    /// </summary>
    /// <param name="length">How many bytes come; null: not known.</param>
    /// <returns>The file, and whether it was not there before.</returns>
    /// <exception cref="CacheException">Locked: a directory that holds it is being removed; QuotaExceeded.</exception>
    public async Task<(ContentItem Item, bool IsNew)> WriteAsync(
        DirectoryPath file, Stream content, long? length, Trigger trigger, CancellationToken cancellation)
    {
        if (length > settings.MaxBytes)
            throw new CacheException(ErrorCode.QuotaExceeded, $"The file has {length} bytes, and the quota is {settings.MaxBytes} (DISK_CACHE_MAX_BYTES).");
        await RequireStandingAsync(file, cancellation);
        var before = await store.Contents.FindAsync(ContentName.Directories, file.Text, cancellation);
        await store.Contents.WriteAsync(ContentName.Directories, file.Text, content, length, cancellation);
        var after = await FindAsync(file, CancellationToken.None);
        await store.GrowAsync(
            file, "file_stored", after.SizeBytes - (before?.SizeBytes ?? 0), before is null ? 1 : 0, trigger, CancellationToken.None);
        return (after, before is null);
    }

    /// <exception cref="CacheException">NotFound; Locked: a directory that holds it is being removed.</exception>
    public async Task DeleteAsync(DirectoryPath file, Trigger trigger, CancellationToken cancellation)
    {
        await RequireStandingAsync(file, cancellation);
        var before = await FindAsync(file, cancellation);
        if (!await store.Contents.DeleteAsync(ContentName.Directories, file.Text, cancellation)) throw NotThere(file);
        await store.GrowAsync(file, "file_deleted", -before.SizeBytes, -1, trigger, CancellationToken.None);
    }

    private async Task RequireStandingAsync(DirectoryPath file, CancellationToken cancellation)
    {
        foreach (var holder in await store.HoldersAsync(file, cancellation))
            if (holder.RemovedWith is not null) store.RequireFree(holder);
    }

    private static CacheException NotThere(DirectoryPath file) => CacheException.NotFound($"There is no file '{file}' in the directory cache.");
}
