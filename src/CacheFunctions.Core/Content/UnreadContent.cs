namespace CacheFunctions.Content;

/// <summary>
/// Content that storage begins to send together with what it tells of it, kept for who reads it first: so finding and reading
/// are one storage transaction. Who asked for it disposes of it, which ends what nobody has read. Safe for concurrent use.
/// </summary>
internal sealed class UnreadContent : IDisposable
{
    // Stands for content that was taken, or is wanted no more.
    private static readonly Stream Over = Stream.Null;

    private Stream? _content;

    /// <summary>Once. If it is wanted no more, it is ended.</summary>
    public void Come(Stream content)
    {
        if (Interlocked.CompareExchange(ref _content, content, null) is not null) content.Dispose();
    }

    /// <returns>From the first byte on, and the taker's to dispose of; null: there is none, or none any more.</returns>
    public Stream? Take() => Interlocked.Exchange(ref _content, Over) is { } content && content != Over ? content : null;

    public void Dispose() => Take()?.Dispose();
}
