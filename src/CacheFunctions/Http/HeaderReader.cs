using System.Globalization;
using CacheFunctions.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http;

/// <summary>Reads the headers that endpoints act on.</summary>
public sealed class HeaderReader(IHeaderDictionary headers)
{
    private const int MaxKeyLength = 255;

    /// <returns>The fence that the caller shows; null: none.</returns>
    public long? Fence
    {
        get
        {
            // One that is empty is no choice to go without, but a caller that has lost its fence.
            var values = headers["X-Fence"];
            if (values.Count == 0) return null;
            return long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
                ? fence
                : throw CacheException.Invalid("X-Fence", "must be the whole number that the lock's answer gave.");
        }
    }

    /// <returns>The key under which this request may come again; null: none.</returns>
    public string? IdempotencyKey
    {
        get
        {
            var values = headers["Idempotency-Key"];
            if (values.Count == 0) return null;
            var text = values.ToString();
            return values.Count == 1 && text.Length is > 0 and <= MaxKeyLength && text.All(c => c is >= ' ' and <= '~')
                ? text
                : throw CacheException.Invalid("Idempotency-Key", $"must be one text of 1 to {MaxKeyLength} printable ASCII characters.");
        }
    }

    /// <returns>The id of the event that a reader has seen last; null: none.</returns>
    public string? LastEventId => headers["Last-Event-ID"] is { Count: > 0 } values ? values.ToString() : null;

    /// <returns>The span that a PATCH replaces.</returns>
    public (long Offset, long Length, long? Total) ContentSpan
    {
        get
        {
            if (!ContentRangeHeaderValue.TryParse(headers.ContentRange.ToString(), out var range) || range.From is null || range.To is null
                || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
                throw CacheException.Invalid("Content-Range", "must name the span that the body replaces, as bytes 0-99/1000 or bytes 0-99/*.");
            // Wide, since a span may reach to the largest number there is.
            var length = (Int128)range.To.Value - range.From.Value + 1;
            if (headers.ContentLength == length) return (range.From.Value, (long)length, range.Length);
            throw CacheException.Invalid("Content-Length", $"must be {length}, the length of the span in Content-Range.");
        }
    }

    /// <exception cref="CacheException">UnsupportedMediaType: the body is compressed, say, and would be kept or read as it is.</exception>
    public void RequirePlainBody()
    {
        if (headers.ContentEncoding.Count > 0)
            throw new CacheException(ErrorCode.UnsupportedMediaType, "Content-Encoding: send the body as it is, not encoded.");
    }

    /// <returns>The entity tags of If-Match, quotes included; null: the header is absent.</returns>
    public IReadOnlyList<string>? IfMatch
    {
        get
        {
            var values = headers.IfMatch;
            if (values.Count == 0) return null;
            return EntityTagHeaderValue.TryParseStrictList(values, out var tags)
                && (tags.Count == 1 || !tags.Contains(EntityTagHeaderValue.Any))
                ? [.. tags.Select(tag => tag.ToString())]
                : throw CacheException.Invalid("If-Match", "must hold entity tags in quotes, or *.");
        }
    }
}
