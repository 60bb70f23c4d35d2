using System.Buffers;
using System.IO.Compression;

namespace CacheFunctions.Content.Compression;

/// <summary>Decompresses frames one by one; each puts out exactly what a frame holds, or the stream fails. Memory: two frames.</summary>
/// <param name="bounds">Where the first frame begins, and where each ends.</param>
/// <param name="plainBytes">What all of them hold.</param>
internal sealed class InflatingStream(Stream frames, long[] bounds, long plainBytes) : ForwardOnlyStream
{
    private readonly byte[] _frame = ArrayPool<byte>.Shared.Rent(GzipFrames.MaxFrameBytes + GzipFrames.LastBlock.Length);

    // One byte more than a frame holds, in which one that holds too much shows itself.
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(GzipFrames.PlainBytes + 1);
    private ReadOnlyMemory<byte> _ready;
    private long _left = plainBytes;
    private int _next = 1;
    private bool _isDisposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty && _next < bounds.Length)
        {
            var length = (int)(bounds[_next] - bounds[_next - 1]);
            await frames.ReadExactlyAsync(_frame.AsMemory(0, length), cancellationToken);
            _ready = _plain.AsMemory(0, Inflate(length, (int)Math.Min(GzipFrames.PlainBytes, _left)));
            _left -= _ready.Length;
            _next++;
        }

        var count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer.Span);
        _ready = _ready[count..];
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await frames.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            frames.Dispose();
            ArrayPool<byte>.Shared.Return(_frame);
            ArrayPool<byte>.Shared.Return(_plain);
        }

        base.Dispose(disposing);
    }

    private int Inflate(int length, int expected)
    {
        GzipFrames.LastBlock.CopyTo(_frame.AsSpan(length));
        using var source = new MemoryStream(_frame, 0, length + GzipFrames.LastBlock.Length, writable: false);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        var count = inflate.ReadAtLeast(_plain.AsSpan(0, expected + 1), expected + 1, throwOnEndOfStream: false);
        return count == expected ? count : throw new InvalidDataException("A frame of compressed content holds more or less than it should.");
    }
}
