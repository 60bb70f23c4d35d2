namespace CacheFunctions.Origins;

/// <summary>An origin's file, opened for reading.</summary>
/// <param name="Fingerprint">As it was when the file was opened.</param>
/// <param name="HasChangedAsync">Asked after the content was read: whether the file changed meanwhile.</param>
public sealed record OriginFile(Fingerprint Fingerprint, Stream Content, Func<ValueTask<bool>> HasChangedAsync) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
