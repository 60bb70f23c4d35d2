using CacheFunctions.Content;

namespace CacheFunctions.Tests.Origins;

/// <summary>Content during whose reading something happens elsewhere.</summary>
internal sealed class InterruptedStream(Stream inner, int atRead, Func<Task> interrupt) : ForwardOnlyStream
{
    private const int MaxReadBytes = 256 << 10;

    private int _reads;

    public bool WasInterrupted => _reads >= atRead;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (++_reads == atRead) await interrupt();
        return await inner.ReadAsync(buffer[..Math.Min(buffer.Length, MaxReadBytes)], cancellationToken);
    }
}
