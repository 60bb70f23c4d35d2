using CacheFunctions.Content;

namespace CacheFunctions.Origins;

/// <summary>An origin's file, or a part of it, that comes to its end only if it did not change meanwhile, so that no mixture is taken for a version.</summary>
internal sealed class UnchangedStream : ForwardOnlyStream
{
    private readonly OriginFile _file;
    private readonly Stream _content;
    private readonly long _length;
    private long _position;

    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many bytes; null: to the end.</param>
    public UnchangedStream(OriginFile file, long offset = 0, long? length = null)
    {
        _file = file;
        _length = length ?? file.Fingerprint.SizeBytes - offset;
        // The whole is read to where it ends now, which tells whether it has grown.
        _content = offset == 0 && _length == file.Fingerprint.SizeBytes ? file.Content : new SpanOfStream(file.Content, offset, _length);
    }

    /// <exception cref="EndOfStreamException">The file has changed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _content.ReadAsync(buffer, cancellationToken);
        _position += count;
        // Before the last bytes are handed out, since whoever has them all may not ask for more.
        var isEnd = _position >= _length || (count == 0 && buffer.Length > 0);
        if (isEnd && (_position != _length || await _file.HasChangedAsync())) throw new EndOfStreamException("The file has changed while it was read.");
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        await base.DisposeAsync();
    }
}
