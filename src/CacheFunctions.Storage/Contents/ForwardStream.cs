namespace CacheFunctions.Storage.Contents;

/// <summary>
/// Presents a stream that can be read once as one of known length, so that the client sends it with a single request
/// and without a copy. A retry after the first byte is refused, since those bytes are gone.
/// </summary>
/// <param name="length">null: unknown; then the client takes it block by block.</param>
internal sealed class ForwardStream(Stream inner, long? length) : Stream
{
    private long _position;

    /// <summary>What went wrong with the source, as opposed to the storage.</summary>
    public Exception? SourceError { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => length is not null;

    public override bool CanWrite => false;

    public override long Length => length ?? throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position) throw new IOException("The content was sent once and cannot be sent again.");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == length) return 0;
        try
        {
            var wanted = (int)Math.Min(buffer.Length, length - _position ?? long.MaxValue);
            var count = await inner.ReadAsync(buffer[..wanted], cancellationToken);
            if (count == 0 && wanted > 0 && length is not null)
                throw new EndOfStreamException($"The content ended after {_position} of {length} bytes.");
            _position += count;
            return count;
        }
        catch (Exception error)
        {
            SourceError = error;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        return _position;
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
