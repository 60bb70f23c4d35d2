namespace CacheFunctions.Content;

/// <summary>Passes on what it reads, and has a copy of it at the end if that is short.</summary>
/// <param name="inner">Which it does not own.</param>
/// <param name="maxBytes">What is longer is not copied.</param>
internal sealed class CopyingStream(Stream inner, int maxBytes) : ForwardOnlyStream
{
    private MemoryStream? _copy = new();

    /// <returns>All that was read; null: it was too long.</returns>
    public byte[]? Copy() => _copy?.ToArray();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (_copy is not null && _copy.Length + count > maxBytes) _copy = null;
        _copy?.Write(buffer.Span[..count]);
        return count;
    }
}
