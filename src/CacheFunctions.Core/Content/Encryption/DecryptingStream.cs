using System.Buffers;

namespace CacheFunctions.Content.Encryption;

/// <summary>Decrypts chunks one by one. Memory: one chunk; nothing is allocated while it is read.</summary>
/// <param name="first">The number of the first chunk.</param>
/// <param name="storedBytes">How many bytes all of them take; fewer are an error, never an end.</param>
internal sealed class DecryptingStream(Stream chunks, ChunkCipher cipher, long first, long storedBytes) : ForwardOnlyStream
{
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent(ChunkCipher.StoredBytes);
    private int _at;
    private int _end;
    private long _next = first;
    private long _left = storedBytes;
    private bool _isDisposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _end && _left > 0) await NextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _end - _at);
        _chunk.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await chunks.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            chunks.Dispose();
            cipher.Dispose();
            ArrayPool<byte>.Shared.Return(_chunk, clearArray: true);
        }

        base.Dispose(disposing);
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        var count = (int)Math.Min(ChunkCipher.StoredBytes, _left);
        await chunks.ReadExactlyAsync(_chunk.AsMemory(0, count), cancellation);
        cipher.Open(_next, _chunk.AsSpan(0, count));
        _next++;
        _left -= count;
        (_at, _end) = (0, count - ChunkCipher.TagBytes);
    }
}
