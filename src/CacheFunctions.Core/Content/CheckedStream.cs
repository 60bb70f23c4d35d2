using System.Security.Cryptography;

namespace CacheFunctions.Content;

/// <summary>Stored content that its codecs check as it is read: what was not written so fails as its owner says.</summary>
/// <param name="damaged">What it fails with.</param>
internal class CheckedStream(Stream inner, Func<Exception, Exception> damaged) : ForwardOnlyStream
{
    /// <summary>What the layers below throw at bytes that nobody wrote so.</summary>
    public static bool IsDamage(Exception error) => error is CryptographicException or InvalidDataException or EndOfStreamException;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw damaged(error);
        }
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
