using System.Buffers;

namespace CacheFunctions.Content.Compression;

/// <summary>Says whether content is worth compressing, by compressing its beginning; shorter content is decided exactly.</summary>
internal static class CompressionTrial
{
    private const int TriedBytes = 1 << 20;

    /// <returns>Whether it becomes smaller, and all of the content again; it does not own <paramref name="content"/>.</returns>
    public static async Task<(bool IsWorth, Stream Content)> OfAsync(Stream content, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(TriedBytes);
        var count = await content.ReadAtLeastAsync(buffer.AsMemory(0, TriedBytes), TriedBytes, false, cancellation);
        return (GzipFrames.IsWorth(buffer.AsSpan(0, count)), new PrefixedStream(buffer, count, content));
    }
}
