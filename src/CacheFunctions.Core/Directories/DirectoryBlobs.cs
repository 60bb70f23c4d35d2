using CacheFunctions.Content;
using CacheFunctions.Content.Compression;
using CacheFunctions.Content.Hot;
using CacheFunctions.Content.Remembered;
using CacheFunctions.Errors;
using CacheFunctions.Files;

namespace CacheFunctions.Directories;

/// <summary>The files of directories by their names: stored as they are, or compressed where they become smaller.</summary>
/// <param name="settings">How long what storage told of a file counts as current, and is kept.</param>
internal sealed class DirectoryBlobs(IContentStore contents, HotContent hot, FileSettings settings, TimeProvider time)
{
    private const string Container = ContentName.Directories;

    private const int MaxRemembered = 10_000;

    private readonly Recollection<DirectoryBlob> _remembered = new(settings.FreshFor, settings.Retention, MaxRemembered, _ => 1, time);

    /// <returns>As this instance knew it a moment ago; null: it did not.</returns>
    public DirectoryBlob? Known(string name) => _remembered.Known(name, name);

    /// <summary>As this instance knew it a moment ago, which costs nothing; else one storage transaction.</summary>
    /// <param name="unread">Takes its content, unless that is kept here; null: the content is not wanted.</param>
    /// <returns>null: there is no such file.</returns>
    public Task<DirectoryBlob?> FindAsync(string name, UnreadContent? unread, CancellationToken cancellation) =>
        _remembered.RecallAsync(name, name, known => AskAsync(name, known, unread), cancellation);

    /// <summary>As it is now. One storage transaction.</summary>
    /// <returns>null: there is no such file.</returns>
    public async Task<ContentItem?> FindNowAsync(string name, CancellationToken cancellation)
    {
        var (askedAt, changes) = (time.GetUtcNow(), _remembered.ChangesOf(name));
        var found = await contents.FindAsync(Container, name, cancellation);
        if (found is { } item) _remembered.Keep(name, new DirectoryBlob(item), askedAt, changes);
        return found;
    }

    /// <summary>What has a name that begins with <paramref name="prefix"/>, in ordinal order: one transaction for 5,000 files.</summary>
    public IAsyncEnumerable<ContentItem> ListAsync(string prefix, CancellationToken cancellation) => contents.ListAsync(Container, prefix, cancellation);

    /// <summary>
    /// Opens a part of what the file holds, decompressed. No storage transaction when the instance keeps it, else one; two where
    /// it is compressed and longer than a frame.
    /// </summary>
    /// <returns>null: there is another version by now, or none.</returns>
    /// <exception cref="CacheException">StorageError, also while it is read: the compressed content is damaged.</exception>
    public async Task<Stream?> OpenAsync(DirectoryBlob blob, long offset, long? length, CancellationToken cancellation)
    {
        var item = blob.Item;
        if (CompressedContent.Of(item) is not { } compressed) return await OpenStoredAsync(blob, offset, length, cancellation);
        try
        {
            var stream = await compressed.OpenAsync(
                async (from, count, token) => await OpenStoredAsync(blob, from, count, token) ?? throw new ReplacedException(),
                offset,
                length ?? item.Length - offset,
                cancellation);
            return new CheckedStream(stream, error => Damaged(item, error));
        }
        catch (ReplacedException)
        {
            return null;
        }
        catch (Exception error) when (CheckedStream.IsDamage(error))
        {
            throw Damaged(item, error);
        }
    }

    /// <summary>Opens the gzip stream of a compressed file, for who decompresses it.</summary>
    /// <returns>null: there is another version by now, or none.</returns>
    public Task<Stream?> OpenGzipAsync(DirectoryBlob blob, CancellationToken cancellation) =>
        OpenStoredAsync(blob, 0, CompressedContent.Of(blob.Item)!.Value.GzipBytes, cancellation).AsTask();

    /// <summary>What was known of the file is wrong.</summary>
    public void Forget(string name) => _remembered.Changed(name);

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await contents.DeleteAsync(Container, name, cancellation);
        }
        finally
        {
            _remembered.Changed(name);
        }
    }

    /// <summary>Puts a file in place, whatever stands there.</summary>
    /// <param name="length">How many bytes come; null: not known.</param>
    /// <param name="compress">Whether to store it compressed if it becomes smaller.</param>
    /// <param name="stored">What is stored is read through this; null: nobody wants to count it.</param>
    /// <exception cref="CacheException">Conflict: another write of the same file ended at the same moment.</exception>
    public async Task WriteAsync(string name, Stream content, long? length, bool compress, Func<Stream, Stream>? stored, CancellationToken cancellation)
    {
        try
        {
            stored ??= static stream => stream;
            if (compress) await WriteSmallerAsync(name, content, length, stored, cancellation);
            else await contents.WriteAsync(Container, name, stored(content), length, cancellation);
        }
        finally
        {
            // Also when it failed: perhaps only the reply was lost.
            _remembered.Changed(name);
        }
    }

    /// <summary>Puts the compressed form of a file in its place, if that is smaller. Safe to repeat, and to break off.</summary>
    /// <returns>false: there is another version by now, or none; nothing was changed.</returns>
    public async Task<bool> CompressAsync(ContentItem item, CancellationToken cancellation)
    {
        if (item.PlainBytes is not null || item.SizeBytes == 0) return true;
        if (await contents.OpenVersionAsync(Container, item, 0, null, cancellation) is not { } content) return false;
        await using (content)
        {
            var (isWorth, plain) = await CompressionTrial.OfAsync(content, cancellation);
            await using (plain)
            {
                if (!isWorth) return true;
                try
                {
                    return await WriteCompressedAsync(item.Name, plain, item.SizeBytes, item, static stream => stream, cancellation) is not null;
                }
                finally
                {
                    _remembered.Changed(item.Name);
                }
            }
        }
    }

    private async Task WriteSmallerAsync(string name, Stream content, long? length, Func<Stream, Stream> stored, CancellationToken cancellation)
    {
        var (isWorth, plain) = await CompressionTrial.OfAsync(content, cancellation);
        await using (plain)
        {
            if (!isWorth) await contents.WriteAsync(Container, name, stored(plain), length, cancellation);
            else if (await WriteCompressedAsync(name, plain, length, null, stored, cancellation) is null)
                throw new CacheException(ErrorCode.Conflict, $"'{name}' was written by another caller at this moment. Try again.");
        }
    }

    private async Task<DirectoryBlob?> AskAsync(string name, DirectoryBlob? known, UnreadContent? unread)
    {
        var told = unread is not null
            ? await contents.BeginAsync(Container, name, IsKept(known) ? known?.Item : null, CancellationToken.None)
            : await contents.FindAsync(Container, name, CancellationToken.None) is { } found ? (found, null) : null;
        if (told is not { } answer) return null;
        if (answer.Content is not null)
        {
            unread!.Come(answer.Content);
            return new DirectoryBlob(answer.Item, unread);
        }

        return known?.Item.Version == answer.Item.Version ? known : new DirectoryBlob(answer.Item);
    }

    private bool IsKept(DirectoryBlob? known) => known is not null && hot.Keeps(KeyOf(known.Item), known.Item.SizeBytes);

    private ValueTask<Stream?> OpenStoredAsync(DirectoryBlob blob, long offset, long? length, CancellationToken cancellation) =>
        hot.OpenAsync(contents, KeyOf(blob.Item), blob.Item.SizeBytes, blob.Unread, offset, length, cancellation);

    /// <summary>Of one version, whose bytes never change.</summary>
    private static ContentKey KeyOf(ContentItem item) => new(Container, item.Name, item.Version);

    private async Task<ContentItem?> WriteCompressedAsync(
        string name, Stream plain, long? length, ContentItem? replaces, Func<Stream, Stream> stored, CancellationToken cancellation)
    {
        await using var gzip = new CompressingStream(plain);
        return await contents.WriteCompressedAsync(
            Container,
            name,
            stored(gzip),
            length is { } known ? GzipFrames.MaxStoredBytes(known) : null,
            () => length is { } told && gzip.PlainBytes < told
                ? throw new EndOfStreamException($"The content ended after {gzip.PlainBytes} of {told} bytes.")
                : gzip.PlainBytes,
            replaces,
            cancellation);
    }

    private static CacheException Damaged(ContentItem item, Exception error) =>
        new(ErrorCode.StorageError, $"What is stored of '{item.Name}' is damaged. Store the file anew.", null, error);

    private sealed class ReplacedException : Exception;
}

/// <summary>A file of a directory as it was found.</summary>
/// <param name="Unread">All that is stored of it, if storage sent that along; null: it did not.</param>
internal sealed record DirectoryBlob(ContentItem Item, UnreadContent? Unread = null);
