using CacheFunctions.Content;

namespace CacheFunctions.Directories.Bringing;

/// <summary>
/// A limit that streams share, however many there are: each piece that was read must have had its time, so that over any second and
/// more no more than the limit comes, but for one piece of each stream. (System.Threading.RateLimiting has no clock that a test can move.)
/// </summary>
/// <param name="bytesPerSecond">From 1.</param>
internal sealed class Bandwidth(long bytesPerSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _paidUpTo;

    public Stream Limit(Stream content) => new Limited(content, this);

    /// <summary>Waits until so many bytes more may come.</summary>
    public Task WaitAsync(long bytes, CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_paidUpTo < now) _paidUpTo = now;
            wait = _paidUpTo - now;
            _paidUpTo += TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    private sealed class Limited(Stream inner, Bandwidth bandwidth) : ForwardOnlyStream
    {
        // So that no single piece takes long, however low the limit is.
        private readonly int _piece = (int)Math.Clamp(bandwidth.BytesPerSecond / 10, 1, 256 << 10);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _piece)], cancellationToken);
            await bandwidth.WaitAsync(read, cancellationToken);
            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private long BytesPerSecond => bytesPerSecond;
}
