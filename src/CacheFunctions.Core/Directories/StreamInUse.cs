using CacheFunctions.Content;
using CacheFunctions.Directories.Index;

namespace CacheFunctions.Directories;

/// <summary>
/// A file that is being read or written: the directories that hold it are not taken away meanwhile, by this instance at once, by others
/// from two seconds on, of which they learn in at most seven more.
/// </summary>
internal sealed class StreamInUse : ForwardOnlyStream
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // What is shorter need not be told: it costs nothing then.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    private readonly Stream _inner;
    private readonly DirectoryPath _file;
    private readonly DirectoryIndex _index;
    private readonly TimeProvider _time;
    private readonly IDisposable _open;
    private DateTimeOffset _toldAt;

    public StreamInUse(Stream inner, DirectoryPath file, DirectoryIndex index, TimeProvider time)
    {
        (_inner, _file, _index, _time, _open) = (inner, file, index, time, index.Open(file));
        _toldAt = time.GetUtcNow() + First - Every;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_time.GetUtcNow() is var now && now - _toldAt >= Every)
        {
            _toldAt = now;
            _index.TellOpen(_file);
        }

        return await _inner.ReadAsync(buffer, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _open.Dispose();
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _open.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
