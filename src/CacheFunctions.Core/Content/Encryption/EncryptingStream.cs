using System.Buffers;

namespace CacheFunctions.Content.Encryption;

/// <summary>Reads as the encrypted chunks of what it reads. Memory: one chunk; nothing is allocated while it is read.</summary>
internal sealed class EncryptingStream(Stream plain, ChunkCipher cipher) : ForwardOnlyStream
{
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent(ChunkCipher.StoredBytes);
    private int _at;
    private int _end;
    private long _next;
    private bool _hasBegun;
    private bool _hasEnded;
    private bool _isDisposed;

    /// <summary>Known at the end.</summary>
    public long PlainBytes { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _end && !_hasEnded) await NextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _end - _at);
        _chunk.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            // It held what nobody else may see.
            ArrayPool<byte>.Shared.Return(_chunk, clearArray: true);
        }

        base.Dispose(disposing);
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        _at = 0;
        if (!_hasBegun)
        {
            _hasBegun = true;
            ChunkCipher.Magic.CopyTo(_chunk);
            _end = ChunkCipher.Magic.Length;
            return;
        }

        var count = await plain.ReadAtLeastAsync(_chunk.AsMemory(0, ChunkCipher.PlainBytes), ChunkCipher.PlainBytes, false, cancellation);
        PlainBytes += count;
        _end = count == 0 ? 0 : count + ChunkCipher.TagBytes;
        _hasEnded = count < ChunkCipher.PlainBytes;
        if (count > 0) cipher.Seal(_next++, _chunk.AsSpan(0, _end));
    }
}
