namespace CacheFunctions.Content;

/// <summary>A part of a stream: what comes before it is sought past, or read and dropped.</summary>
public sealed class SpanOfStream(Stream inner, long offset, long length) : ForwardOnlyStream
{
    private const int DropBytes = 64 << 10;

    private long _before = offset;
    private long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_before > 0 && inner.CanSeek)
        {
            inner.Seek(_before, SeekOrigin.Current);
            _before = 0;
        }

        if (_before > 0)
        {
            var dropped = new byte[Math.Min(DropBytes, _before)];
            for (int count; _before > 0; _before -= count)
                if ((count = await inner.ReadAsync(dropped.AsMemory(0, (int)Math.Min(dropped.Length, _before)), cancellationToken)) == 0) return 0;
        }

        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
