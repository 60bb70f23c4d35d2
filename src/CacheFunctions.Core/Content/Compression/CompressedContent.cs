using System.Buffers.Binary;

namespace CacheFunctions.Content.Compression;

/// <summary>Content that was written through a <see cref="CompressingStream"/>.</summary>
/// <param name="PlainBytes">Its length, decompressed: no more is ever put out, whatever the frames hold.</param>
/// <param name="GzipBytes">Of the gzip stream, without the index.</param>
internal readonly record struct CompressedContent(long PlainBytes, long GzipBytes)
{
    /// <returns>null: the item is not compressed, or what is kept beside it cannot be true.</returns>
    public static CompressedContent? Of(ContentItem item)
    {
        if (item.PlainBytes is not { } plain) return null;
        return new CompressedContent(plain, item.SizeBytes - GzipFrames.CountOf(plain) * GzipFrames.IndexEntryBytes);
    }

    private long Frames => GzipFrames.CountOf(PlainBytes);

    /// <summary>
    /// Opens a part, decompressed: reads the frames that hold it, and before that their places in the index, unless there is but one frame.
    /// </summary>
    /// <param name="stored">Opens what was stored.</param>
    /// <exception cref="InvalidDataException">The index, or later a frame, is not what was written.</exception>
    public async Task<Stream> OpenAsync(OpenSpan stored, long offset, long length, CancellationToken cancellation)
    {
        if (length == 0) return Stream.Null;
        var (first, last) = (offset / GzipFrames.PlainBytes, (offset + length - 1) / GzipFrames.PlainBytes);
        var bounds = await BoundsAsync(stored, first, last, cancellation);
        var frames = await stored(bounds[0], bounds[^1] - bounds[0], cancellation);
        var inflating = new InflatingStream(frames, bounds, Math.Min((last + 1) * GzipFrames.PlainBytes, PlainBytes) - first * GzipFrames.PlainBytes);
        return new SpanOfStream(inflating, offset - first * GzipFrames.PlainBytes, length);
    }

    /// <returns>Where the first frame begins, and where it and each one up to the last end.</returns>
    private async Task<long[]> BoundsAsync(OpenSpan stored, long first, long last, CancellationToken cancellation)
    {
        var bounds = new long[last - first + 2];
        // Where the stream's first frame begins and its last one ends is known without the index.
        var (from, to) = (Math.Max(first - 1, 0), Math.Min(last, Frames - 2));
        var entries = new byte[Math.Max(0, to - from + 1) * GzipFrames.IndexEntryBytes];
        if (entries.Length > 0)
        {
            await using var index = await stored(GzipBytes + from * GzipFrames.IndexEntryBytes, entries.Length, cancellation);
            await index.ReadExactlyAsync(entries, cancellation);
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            var frame = first - 1 + i;
            bounds[i] = frame < 0 ? GzipFrames.Header.Length
                : frame == Frames - 1 ? GzipBytes - GzipFrames.TrailerBytes
                : BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan((int)(frame - from) * GzipFrames.IndexEntryBytes));
            if (i > 0 && bounds[i] - bounds[i - 1] is <= 0 or > GzipFrames.MaxFrameBytes) throw new InvalidDataException("The index of compressed content is damaged.");
        }

        return bounds[0] >= GzipFrames.Header.Length && bounds[^1] <= GzipBytes - GzipFrames.TrailerBytes
            ? bounds
            : throw new InvalidDataException("The index of compressed content is damaged.");
    }
}
