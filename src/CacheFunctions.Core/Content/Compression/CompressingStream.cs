using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace CacheFunctions.Content.Compression;

/// <summary>Reads as the gzip frames of what it reads, and their index. Memory: two frames, and 8 bytes for each frame passed.</summary>
internal sealed class CompressingStream(Stream plain) : ForwardOnlyStream
{
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(GzipFrames.PlainBytes);
    private readonly byte[] _frame = ArrayPool<byte>.Shared.Rent(GzipFrames.MaxFrameBytes);
    private readonly List<long> _ends = [];
    private readonly Crc32 _crc = new();
    private ReadOnlyMemory<byte> _ready = GzipFrames.Header.ToArray();
    private bool _hasEnded;
    private bool _isDisposed;

    /// <summary>Known at the end.</summary>
    public long PlainBytes { get; private set; }

    /// <summary>The length without the index; known at the end.</summary>
    public long GzipBytes { get; private set; } = GzipFrames.Header.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty && !_hasEnded) await NextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer.Span);
        _ready = _ready[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            ArrayPool<byte>.Shared.Return(_plain);
            ArrayPool<byte>.Shared.Return(_frame);
        }

        base.Dispose(disposing);
    }

    private async Task NextAsync(CancellationToken cancellation)
    {
        var count = await plain.ReadAtLeastAsync(_plain.AsMemory(0, GzipFrames.PlainBytes), GzipFrames.PlainBytes, false, cancellation);
        if (count == 0)
        {
            _ready = End();
            _hasEnded = true;
            return;
        }

        _crc.Append(_plain.AsSpan(0, count));
        var length = GzipFrames.Compress(_plain.AsSpan(0, count), _frame);
        PlainBytes += count;
        GzipBytes += length;
        _ends.Add(GzipBytes);
        _ready = _frame.AsMemory(0, length);
    }

    private byte[] End()
    {
        var end = new byte[GzipFrames.TrailerBytes + _ends.Count * GzipFrames.IndexEntryBytes];
        GzipFrames.LastBlock.CopyTo(end);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), _crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)PlainBytes);
        GzipBytes += GzipFrames.TrailerBytes;
        for (var i = 0; i < _ends.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(GzipFrames.TrailerBytes + i * GzipFrames.IndexEntryBytes), _ends[i]);
        return end;
    }
}
