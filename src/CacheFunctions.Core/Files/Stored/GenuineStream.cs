using System.Security.Cryptography;
using CacheFunctions.Content;

namespace CacheFunctions.Files.Stored;

/// <summary>What is not genuine fails under the document's name for it.</summary>
internal sealed class GenuineStream(Stream inner, string name) : ForwardOnlyStream
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
            throw FileEnvelope.Damaged(name, error);
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
