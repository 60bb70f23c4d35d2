using CacheFunctions.Content.Compression;

namespace CacheFunctions.Content;

/// <summary>
/// Named content in containers. Content under a name that this service minted never changes, so a write may be
/// repeated. Failures to reach the store are <see cref="Errors.CacheException"/> with code Unavailable.
/// </summary>
public interface IContentStore
{
    /// <summary>Streams content in; memory is bounded, whatever the length.</summary>
    /// <param name="length">How many bytes to take, when it is known: saves storage transactions. What follows is left unread.</param>
    /// <exception cref="EndOfStreamException">Fewer bytes came than <paramref name="length"/> says; nothing was written.</exception>
    Task WriteAsync(string container, string name, Stream content, long? length, CancellationToken cancellation);

    /// <summary>
    /// Streams large content in under a name that holds nothing yet, block by block: what an interrupted write of the
    /// same bytes under the same name has stored already is not sent again. Safe to repeat, also by several at once.
    /// </summary>
    /// <param name="progress">Told how many bytes are stored; null: nobody wants to know.</param>
    /// <returns>Whether the name holds these bytes; false: it already holds others.</returns>
    Task<bool> WriteOnceAsync(
        string container, string name, Stream content, IProgress<long>? progress, CancellationToken cancellation);

    /// <summary>
    /// Streams in content that is compressed, and keeps beside it how long it is decompressed: both become visible at once, or
    /// neither. Stores that keep nothing beside their content have no such way.
    /// </summary>
    /// <param name="maxBytes">No more bytes come than that; null: nobody knows.</param>
    /// <param name="plainBytes">Asked once all of the content was read; may refuse it by throwing.</param>
    /// <param name="replaces">What must stand there still; null: anything may.</param>
    /// <returns>null: something else stands there, or another write ended at the same moment; nothing was changed.</returns>
    Task<ContentItem?> WriteCompressedAsync(
        string container,
        string name,
        Stream content,
        long? maxBytes,
        Func<long> plainBytes,
        ContentItem? replaces,
        CancellationToken cancellation) => throw new NotSupportedException("This store keeps nothing beside its content.");

    /// <param name="offset">The first byte, from 0, and within the content.</param>
    /// <param name="length">How many bytes; null: to the end.</param>
    /// <returns>null: there is no such content.</returns>
    Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation);

    /// <summary>As <see cref="OpenReadAsync"/>, for content that may be replaced: the bytes are those of one version.</summary>
    /// <param name="item">As it was found.</param>
    /// <returns>null: there is another version by now, or none.</returns>
    Task<Stream?> OpenVersionAsync(
        string container, ContentItem item, long offset, long? length, CancellationToken cancellation);

    /// <returns>null: there is no such content.</returns>
    Task<ContentItem?> FindAsync(string container, string name, CancellationToken cancellation);

    /// <summary>As <see cref="FindAsync"/>, and begins to read it, in one transaction, if the store can do both at once.</summary>
    /// <param name="known">As it was found before, if it was.</param>
    /// <returns>null: there is no such content. No content: it is still the version that was known, or the store cannot.</returns>
    async Task<(ContentItem Item, Stream? Content)?> BeginAsync(string container, string name, ContentItem? known, CancellationToken cancellation) =>
        await FindAsync(container, name, cancellation) is { } item ? (item, null) : null;

    /// <summary>Copies content within the store, without its bytes leaving it.</summary>
    /// <returns>Whether there was something to copy.</returns>
    Task<bool> CopyAsync(string container, string from, string to, CancellationToken cancellation);

    /// <summary>Lets somebody else write one name, without a key of this service.</summary>
    /// <returns>null: this store has no such way.</returns>
    Task<PresignedUpload?> PresignUploadAsync(string container, string name, TimeSpan lifetime, CancellationToken cancellation);

    /// <returns>Whether there was something to delete.</returns>
    Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation);

    /// <summary>What has a name that begins with <paramref name="prefix"/>, in ordinal order of names.</summary>
    IAsyncEnumerable<ContentItem> ListAsync(string container, string prefix, CancellationToken cancellation);
}

/// <param name="WrittenAt">When its last write ended, by the store's clock.</param>
/// <param name="SizeBytes">As it is stored.</param>
/// <param name="Version">Another one after every write; letters, digits and signs that may stand in an entity tag.</param>
/// <param name="PlainBytes">Of compressed content: how long it is decompressed; null: it is stored as it is.</param>
public readonly record struct ContentItem(string Name, DateTimeOffset WrittenAt, long SizeBytes, string Version, long? PlainBytes = null)
{
    /// <summary>How long the content is, however it is stored.</summary>
    public long Length => PlainBytes ?? SizeBytes;

    /// <summary>Of compressed content: how many of its bytes are an ordinary gzip stream (RFC 1952); null: it is stored as it is.</summary>
    public long? GzipBytes => CompressedContent.Of(this)?.GzipBytes;

    /// <summary>Whether compressed content that is so long decompressed may take so many bytes.</summary>
    public static bool IsCompressedSize(long sizeBytes, long plainBytes) =>
        plainBytes > 0 && plainBytes < (1L << 48) && sizeBytes >= GzipFrames.StoredBytes(GzipFrames.LeastBytes, plainBytes);
}

public static class ContentStoreExtensions
{
    /// <returns>How many bytes the content has; null: there is no such content.</returns>
    public static async Task<long?> SizeAsync(
        this IContentStore store, string container, string name, CancellationToken cancellation) =>
        (await store.FindAsync(container, name, cancellation))?.SizeBytes;
}
