namespace CacheFunctions.Content;

/// <summary>Tells how many bytes of it were read.</summary>
internal sealed class ReportingStream(Stream inner, IProgress<long> progress) : ForwardOnlyStream
{
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        progress.Report(_read += count);
        return count;
    }
}
