namespace CacheFunctions.Content.Hot;

/// <summary>Where the bytes of a key come from.</summary>
/// <param name="SizeBytes">Of the whole.</param>
/// <param name="OpenAsync">Opens a part: the first byte, and how many (null: to the end). It gives null when there is no such content.</param>
internal sealed record ContentSource(ContentKey Key, long SizeBytes, Func<long, long?, CancellationToken, Task<Stream?>> OpenAsync)
{
    public static ContentSource Of(IContentStore store, ContentKey key, long sizeBytes) => new(key, sizeBytes, (offset, length, cancellation) =>
        key.Version is { } version
            ? store.OpenVersionAsync(key.Container, new ContentItem(key.Name, default, sizeBytes, version), offset, length, cancellation)
            : store.OpenReadAsync(key.Container, key.Name, offset, length, cancellation));
}
