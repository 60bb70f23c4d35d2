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

    /// <param name="offset">The first byte, from 0, and within the content.</param>
    /// <param name="length">How many bytes; null: to the end.</param>
    /// <returns>null: there is no such content.</returns>
    Task<Stream?> OpenReadAsync(
        string container, string name, long offset, long? length, CancellationToken cancellation);

    /// <returns>Whether there was something to delete.</returns>
    Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation);

    /// <summary>Names that begin with <paramref name="prefix"/>, in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string container, string prefix, CancellationToken cancellation);
}
