using System.Buffers;
using System.Security.Cryptography;

namespace CacheFunctions.Content;

/// <summary>Passes on what it reads, and knows its SHA-256 and length at the end.</summary>
public sealed class HashingStream(Stream inner) : ForwardOnlyStream
{
    private const int BufferBytes = 256 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long BytesRead { get; private set; }

    /// <summary>Reads a stream to its end. Memory: one buffer.</summary>
    public static async Task<(long SizeBytes, string Sha256)> ReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        await using var hashing = new HashingStream(stream);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await hashing.ReadAsync(buffer, cancellation) > 0)
            {
                // Only the hash is wanted.
            }

            return (hashing.BytesRead, hashing.Sha256());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>The hash of all bytes read so far, in lower-case hex. May be asked once.</returns>
    public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..count]);
        BytesRead += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
