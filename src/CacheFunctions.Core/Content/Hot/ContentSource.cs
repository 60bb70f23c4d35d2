namespace CacheFunctions.Content.Hot;

/// <summary>Where the bytes of a key come from.</summary>
/// <param name="SizeBytes">Of the whole.</param>
internal sealed record ContentSource(IContentStore Store, ContentKey Key, long SizeBytes)
{
    /// <returns>null: there is no such content.</returns>
    public Task<Stream?> OpenAsync(long offset, long? length, CancellationToken cancellation) => Key.Version is { } version
        ? Store.OpenVersionAsync(Key.Container, new ContentItem(Key.Name, default, SizeBytes, version), offset, length, cancellation)
        : Store.OpenReadAsync(Key.Container, Key.Name, offset, length, cancellation);
}
