namespace CacheFunctions.Uploads;

/// <summary>
/// Bytes that come piece by piece, each at the end of what is there, whichever instance takes it. Failures to reach the store are
/// <see cref="Errors.CacheException"/> with code Unavailable.
/// </summary>
public interface IUploadStore
{
    /// <summary>How many bytes one piece may have.</summary>
    int MaxPieceBytes { get; }

    /// <summary>How many bytes there may be in all.</summary>
    long MaxBytes { get; }

    /// <summary>Begins with nothing; what is there already stays. Safe to repeat.</summary>
    Task CreateAsync(string id, CancellationToken cancellation);

    /// <returns>How many bytes are there; null: nothing was begun, or it was deleted.</returns>
    Task<long?> LengthAsync(string id, CancellationToken cancellation);

    /// <summary>Safe to repeat: the place is compared in the very request.</summary>
    /// <param name="offset">How many bytes must be there before.</param>
    /// <param name="piece">1 byte or more.</param>
    /// <returns>Whether these bytes are there now; false: others were put there, or it was deleted.</returns>
    /// <exception cref="Errors.CacheException">TooLarge: there are too many small pieces.</exception>
    Task<bool> AppendAsync(string id, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation);

    /// <returns>null: there is nothing.</returns>
    Task<Stream?> OpenAsync(string id, CancellationToken cancellation);

    /// <summary>Also what was put aside under names that begin with the id.</summary>
    Task DeleteAsync(string id, CancellationToken cancellation);
}
