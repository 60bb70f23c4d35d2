using CacheFunctions.Errors;
using CacheFunctions.Origins;

namespace CacheFunctions.Directories.Bringing;

/// <summary>A small file of an origin, read as a whole.</summary>
internal static class Manifest
{
    private const int MaxBytes = 1 << 20;

    /// <exception cref="CacheException">NotFound; TooLarge.</exception>
    public static async Task<byte[]> ReadAsync(OriginPath path, CancellationToken cancellation)
    {
        await using var file = await path.Origin.OpenReadAsync(path.Path, cancellation);
        if (file.Fingerprint.SizeBytes > MaxBytes)
            throw new CacheException(ErrorCode.TooLarge, $"manifest: has {file.Fingerprint.SizeBytes} bytes; at most {MaxBytes} are read.");
        var bytes = new byte[file.Fingerprint.SizeBytes];
        var read = await file.Content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return bytes[..read];
    }
}
