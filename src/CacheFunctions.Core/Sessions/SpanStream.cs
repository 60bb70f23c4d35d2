using CacheFunctions.Content;

namespace CacheFunctions.Sessions;

/// <summary>Reads spans of stored content one after another; each is opened when the one before has ended.</summary>
internal sealed class SpanStream(IReadOnlyList<ContentSpan> spans, Func<ContentSpan, CancellationToken, Task<Stream>> open) : ForwardOnlyStream
{
    private int _next;
    private long _left;
    private Stream? _current;

    /// <summary>The part of <paramref name="spans"/> from an offset on.</summary>
    public static IReadOnlyList<ContentSpan> Slice(IReadOnlyList<ContentSpan> spans, long offset, long length)
    {
        var slice = new List<ContentSpan>();
        foreach (var span in spans)
        {
            var skipped = Math.Min(offset, span.Length);
            var taken = Math.Min(length, span.Length - skipped);
            if (taken > 0) slice.Add(new ContentSpan(span.Name, span.Offset + skipped, taken));
            offset -= skipped;
            length -= taken;
        }

        return slice;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0) return 0;
        while (true)
        {
            if (_left > 0)
            {
                var count = await _current!.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
                if (count == 0) throw new EndOfStreamException("Stored content is shorter than its record says.");
                _left -= count;
                return count;
            }

            if (_current is not null) await _current.DisposeAsync();
            _current = null;
            if (_next == spans.Count) return 0;
            _left = spans[_next].Length;
            _current = await open(spans[_next++], cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_current is not null) await _current.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _current?.Dispose();
        base.Dispose(disposing);
    }
}
