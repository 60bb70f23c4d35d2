using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>A span of content: offset of its first byte, and how many.</summary>
internal readonly record struct ByteSpan(long Offset, long Length)
{
    public long Last => Offset + Length - 1;
}

/// <summary>Range requests, RFC 9110 section 14.</summary>
internal static class ByteRanges
{
    // Many small ranges cost more than they save; past this the whole is sent, as the standard allows.
    private const int MaxRanges = 16;

    /// <returns>The spans to send; empty: none can be satisfied (416); null: send the whole.</returns>
    public static IReadOnlyList<ByteSpan>? Parse(string? header, long length)
    {
        return string.IsNullOrEmpty(header) || !RangeHeaderValue.TryParse(header, out var parsed) ? null : Spans(parsed, length);
    }

    private static List<ByteSpan>? Spans(RangeHeaderValue parsed, long length)
    {
        if (!parsed.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || parsed.Ranges.Count > MaxRanges) return null;

        var spans = parsed.Ranges.Select(range => Span(range, length)).OfType<ByteSpan>().ToList();
        return Overlap(spans) ? null : spans;
    }

    private static ByteSpan? Span(RangeItemHeaderValue range, long length)
    {
        if (range.From is not { } from)
        {
            var suffix = Math.Min(range.To ?? 0, length);
            return suffix == 0 ? null : new ByteSpan(length - suffix, suffix);
        }

        if (from >= length) return null;
        return new ByteSpan(from, Math.Min(range.To ?? length - 1, length - 1) - from + 1);
    }

    private static bool Overlap(List<ByteSpan> spans)
    {
        var ordered = spans.OrderBy(span => span.Offset).ToList();
        return ordered.Zip(ordered.Skip(1)).Any(pair => pair.Second.Offset <= pair.First.Last);
    }
}
