using CacheFunctions.Content;

namespace CacheFunctions.Directories.Opened;

/// <summary>A file that is being read or written: the directories that hold it are not taken away until it is closed.</summary>
/// <param name="open">What holds them.</param>
internal sealed class StreamInUse(Stream inner, IDisposable open) : ForwardOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        open.Dispose();
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            open.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
