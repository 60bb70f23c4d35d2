using System.Buffers;

namespace CacheFunctions.Content;

/// <summary>Bytes that were read already, and after them the rest of their stream, which it does not own.</summary>
/// <param name="head">From the shared pool; goes back to it.</param>
/// <param name="count">How many of its bytes there are.</param>
internal sealed class PrefixedStream(byte[] head, int count, Stream rest) : ForwardOnlyStream
{
    private byte[]? _head = head;
    private int _at;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_head is null) return rest.ReadAsync(buffer, cancellationToken);
        var length = Math.Min(buffer.Length, count - _at);
        _head.AsMemory(_at, length).CopyTo(buffer);
        if ((_at += length) == count) GiveBack();
        return length > 0 || buffer.Length == 0 ? ValueTask.FromResult(length) : rest.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) GiveBack();
        base.Dispose(disposing);
    }

    private void GiveBack()
    {
        // Once: from then on it is somebody else's.
        if (Interlocked.Exchange(ref _head, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}
