namespace CacheFunctions.Content.Hot;

/// <summary>Reads a span of a file of the disk tier as it grows; where that breaks off, the rest comes from storage.</summary>
internal sealed class DiskReader(DiskContent content, ContentSource source, long offset, long length) : ForwardOnlyStream
{
    private long _next = offset;
    private long _left = length;
    private Stream? _rest;
    private bool _hasLeft;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, _left)];
        if (wanted.IsEmpty) return 0;
        var read = _rest is null ? await content.ReadAsync(wanted, _next, cancellationToken) : 0;
        if (read == 0)
        {
            _rest ??= await source.OpenAsync(_next, _left, cancellationToken)
                ?? throw new EndOfStreamException($"{source.Key.Name} was deleted while it was read.");
            read = await _rest.ReadAsync(wanted, cancellationToken);
        }

        _next += read;
        _left -= read;
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_rest is not null) await _rest.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_hasLeft)
        {
            _hasLeft = true;
            content.Leave();
        }

        base.Dispose(disposing);
    }
}
