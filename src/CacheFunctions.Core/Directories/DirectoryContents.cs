using CacheFunctions.Content;
using CacheFunctions.Directories.Opened;
using CacheFunctions.Directories.Quota;
using CacheFunctions.Errors;
using CacheFunctions.Operations;

namespace CacheFunctions.Directories;

/// <summary>Files in directories, registered or not, by their paths. The last write wins.</summary>
internal sealed class DirectoryContents(DirectoryStore store, OpenDirectories open, DirectoryRoom room)
{
    private const string What = "The file";

    /// <summary>As it was at most <see cref="Files.FileSettings.FreshFor"/> ago. No storage transaction if this instance knows it from then, else one.</summary>
    /// <param name="readsWhole">Whether it is about to be read from its beginning to its end: then storage sends it at once.</param>
    /// <exception cref="CacheException">NotFound.</exception>
    public async Task<DirectoryDownload> FindAsync(DirectoryPath file, bool readsWhole, CancellationToken cancellation)
    {
        if (store.Blobs.Known(file.Text) is { } known) return new DirectoryDownload(this, file, known, null);
        var unread = readsWhole ? new UnreadContent() : null;
        try
        {
            return new DirectoryDownload(this, file, await store.Blobs.FindAsync(file.Text, unread, cancellation) ?? throw NotThere(file), unread);
        }
        catch
        {
            unread?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// No storage transaction if this instance keeps it, else one or two; and those of <see cref="OpenDirectories"/>, mostly none. While
    /// the bytes are read, the directories that hold the file are neither evicted nor do they expire.
    /// </summary>
    /// <exception cref="CacheException">NotFound, also while a directory that holds it is being removed; Conflict: the file was replaced meanwhile, and is found anew from now on.</exception>
    public Task<Stream> OpenAsync(DirectoryPath file, DirectoryBlob blob, long offset, long? length, CancellationToken cancellation) =>
        InUseAsync(file, () => store.Blobs.OpenAsync(blob, offset, length, cancellation), cancellation);

    /// <summary>As <see cref="OpenAsync"/>, the gzip stream of a compressed file as it is stored.</summary>
    public Task<Stream> OpenGzipAsync(DirectoryPath file, DirectoryBlob blob, CancellationToken cancellation) =>
        InUseAsync(file, () => store.Blobs.OpenGzipAsync(blob, cancellation), cancellation);

    private async Task<Stream> InUseAsync(DirectoryPath file, Func<Task<Stream?>> openAsync, CancellationToken cancellation)
    {
        var held = await HoldAsync(file, cancellation);
        try
        {
            if (await openAsync() is { } content) return new StreamInUse(content, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        held.Dispose();
        store.Blobs.Forget(file.Text);
        (await FindAsync(file, readsWhole: false, cancellation)).Dispose();
        throw new CacheException(ErrorCode.Conflict, $"'{file}' was replaced at this moment. Ask again.");
    }

    /// <summary>
    /// Two reads and one write more for each registered directory that holds it. Only those count for the quota, so only for them room
    /// is needed, and is made. It is compressed if one of them is. Two writes of one file at the same time may leave the directories'
    /// sizes wrong until they are counted again.
    /// </summary>
    /// <param name="length">How many bytes come; null: not known.</param>
    /// <returns>The file, and whether it was not there before.</returns>
    /// <exception cref="CacheException">Locked: a directory that holds it is being removed; QuotaExceeded.</exception>
    public async Task<(ContentItem Item, bool IsNew)> WriteAsync(
        DirectoryPath file, Stream content, long? length, Trigger trigger, CancellationToken cancellation)
    {
        var holders = await RequireStandingAsync(file, cancellation);
        var compresses = holders.Any(holder => holder.Compressed);
        // How much is stored in the end.
        var known = compresses ? null : length;
        if (known is not null) room.RequireFits(What, known.Value);
        var before = await store.Blobs.FindNowAsync(file.Text, cancellation);
        using var reserved = await ReserveAsync(known is null ? 0 : known.Value - (before?.SizeBytes ?? 0));
        using var counted = new RoomAsItComes(before?.SizeBytes ?? 0, async (more, soFar) =>
        {
            room.RequireFits(What, soFar);
            return await ReserveAsync(more);
        });
        await using var used = new StreamInUse(content, await open.OpenAsync(file, cancellation));
        await store.Blobs.WriteAsync(file.Text, used, length, compresses, known is null ? counted.Count : null, cancellation);
        var after = await store.Blobs.FindNowAsync(file.Text, CancellationToken.None) ?? throw NotThere(file);
        await store.GrowAsync(
            file, "file_stored", after.SizeBytes - (before?.SizeBytes ?? 0), before is null ? 1 : 0, isUse: true, trigger, CancellationToken.None);
        return (after, before is null);

        Task<IDisposable> ReserveAsync(long bytes) => room.ReserveAsync(file, What, holders.Count == 0 ? 0 : bytes, cancellation);
    }

    /// <exception cref="CacheException">NotFound; Locked: a directory that holds it is being removed.</exception>
    public async Task DeleteAsync(DirectoryPath file, Trigger trigger, CancellationToken cancellation)
    {
        await RequireStandingAsync(file, cancellation);
        var before = await store.Blobs.FindNowAsync(file.Text, cancellation) ?? throw NotThere(file);
        if (!await store.Blobs.DeleteAsync(file.Text, cancellation)) throw NotThere(file);
        await store.GrowAsync(file, "file_deleted", -before.SizeBytes, -1, isUse: true, trigger, CancellationToken.None);
    }

    private async Task<IDisposable> HoldAsync(DirectoryPath file, CancellationToken cancellation)
    {
        try
        {
            return await open.OpenAsync(file, cancellation);
        }
        catch (CacheException error) when (error.Code == ErrorCode.Locked)
        {
            // Perhaps it is there still, and would be gone while it is read.
            throw NotThere(file);
        }
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
