using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

internal enum Precondition
{
    Proceed,
    NotModified,
    Failed,
}

/// <summary>Conditional requests in the order of RFC 9110, section 13.2.2.</summary>
internal static class Preconditions
{
    /// <returns>Whether all bytes are wanted, whatever they are by now.</returns>
    public static bool WantsWhole(HttpRequest request)
    {
        var headers = request.Headers;
        return HttpMethods.IsGet(request.Method)
            && headers.Range.Count + headers.IfMatch.Count + headers.IfNoneMatch.Count + headers.IfModifiedSince.Count + headers.IfUnmodifiedSince.Count == 0;
    }

    public static Precondition Evaluate(HttpRequest request, ContentFacts facts)
    {
        var headers = request.Headers;
        if (headers.IfMatch.Count > 0)
        {
            if (!IsNamed(headers.IfMatch, facts, isStrong: true)) return Precondition.Failed;
        }
        else if (headers.IfUnmodifiedSince.Count > 0)
        {
            if (request.GetTypedHeaders().IfUnmodifiedSince is { } unmodified && Seconds(facts.LastModified) > unmodified) return Precondition.Failed;
        }

        if (headers.IfNoneMatch.Count > 0) return IsNamed(headers.IfNoneMatch, facts, isStrong: false) ? Precondition.NotModified : Precondition.Proceed;
        if (headers.IfModifiedSince.Count == 0) return Precondition.Proceed;
        return request.GetTypedHeaders().IfModifiedSince is { } since && Seconds(facts.LastModified) <= since ? Precondition.NotModified : Precondition.Proceed;
    }

    /// <summary>Whether Range counts: If-Range is absent, or names exactly this version.</summary>
    public static bool RangeApplies(HttpRequest request, ContentFacts facts)
    {
        if (request.Headers.IfRange.Count == 0) return true;
        var condition = request.GetTypedHeaders().IfRange;
        return condition?.EntityTag is { } tag
            ? tag.Compare(new EntityTagHeaderValue(facts.ETag), useStrongComparison: true)
            : condition?.LastModified == Seconds(facts.LastModified);
    }

    /// <summary>Whether a list of entity tags has that of the content; one that is malformed has none.</summary>
    private static bool IsNamed(StringValues header, ContentFacts facts, bool isStrong)
    {
        // Mostly it is the one that the answer with the content had.
        if (header.Count == 1 && header[0] == facts.ETag) return true;
        if (!EntityTagHeaderValue.TryParseList(header, out var tags)) return false;
        var own = new EntityTagHeaderValue(facts.ETag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, isStrong));
    }

    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
