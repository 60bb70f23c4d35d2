using CacheFunctions.Content;

namespace CacheFunctions.Directories;

/// <summary>Says now and then that it is still being read, so that a long download is not cleaned away beneath its reader.</summary>
/// <param name="touch">Must be quick.</param>
internal sealed class StreamInUse(Stream inner, TimeProvider time, Action touch) : ForwardOnlyStream
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private DateTimeOffset _touched;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (time.GetUtcNow() is var now && now - _touched >= Every)
        {
            _touched = now;
            touch();
        }

        return await inner.ReadAsync(buffer, cancellationToken);
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
