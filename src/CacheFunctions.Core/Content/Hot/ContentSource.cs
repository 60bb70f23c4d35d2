namespace CacheFunctions.Content.Hot;

/// <summary>Where the bytes of a key come from.</summary>
/// <param name="sizeBytes">Of the whole.</param>
/// <param name="open">Opens a part: the first byte, and how many (null: to the end). It gives null when there is no such content.</param>
/// <param name="unread">The whole, if storage sent it along; null: it did not.</param>
internal sealed class ContentSource(
    ContentKey key, long sizeBytes, Func<long, long?, CancellationToken, Task<Stream?>> open, UnreadContent? unread = null)
{
    /// <summary>What lies no further away than this comes next: content may have a head that readers skip.</summary>
    public const int NearBytes = 4 << 10;

    public ContentKey Key => key;

    public long SizeBytes => sizeBytes;

    public static ContentSource Of(IContentStore store, ContentKey key, long sizeBytes, UnreadContent? unread) => new(
        key,
        sizeBytes,
        (offset, length, cancellation) => key.Version is { } version
            ? store.OpenVersionAsync(key.Container, new ContentItem(key.Name, default, sizeBytes, version), offset, length, cancellation)
            : store.OpenReadAsync(key.Container, key.Name, offset, length, cancellation),
        unread);

    /// <summary>One storage transaction; none for the first who opens it from the beginning, if it came along.</summary>
    /// <returns>null: there is no such content.</returns>
    public Task<Stream?> OpenAsync(long offset, long? length, CancellationToken cancellation) =>
        offset <= NearBytes && unread?.Take() is { } content
            ? Task.FromResult<Stream?>(new SpanOfStream(content, offset, length ?? sizeBytes - offset))
            : open(offset, length, cancellation);
}
