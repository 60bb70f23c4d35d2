using System.Text;

namespace CacheFunctions.IntegrationTests.StandIns.Tables;

/// <summary>A connection that gives some text and is then lost. Cannot seek, as a network cannot.</summary>
internal sealed class BreakingStream(string text, bool breaks = true) : Stream
{
    private readonly MemoryStream _text = new(Encoding.UTF8.GetBytes(text));

    public bool Closed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _text.ReadAsync(buffer, cancellationToken);
        return read == 0 && breaks ? throw new IOException("The connection was lost.") : read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new InvalidOperationException("Nothing here is synchronous.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Closed = true;
        base.Dispose(disposing);
    }
}
