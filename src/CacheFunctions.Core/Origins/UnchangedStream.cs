using CacheFunctions.Content;

namespace CacheFunctions.Origins;

/// <summary>An origin's file that comes to its end only if it did not change meanwhile, so that no mixture is taken for a version.</summary>
internal sealed class UnchangedStream(OriginFile file) : ForwardOnlyStream
{
    private long _position;

    /// <exception cref="EndOfStreamException">The file has changed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await file.Content.ReadAsync(buffer, cancellationToken);
        _position += count;
        if (count == 0 && buffer.Length > 0 && (_position != file.Fingerprint.SizeBytes || await file.HasChangedAsync()))
            throw new EndOfStreamException("The file has changed while it was read.");
        return count;
    }
}
