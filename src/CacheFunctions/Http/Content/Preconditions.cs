using Microsoft.AspNetCore.Http;
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
    public static Precondition Evaluate(HttpRequest request, ContentFacts facts)
    {
        var headers = request.GetTypedHeaders();
        var tag = new EntityTagHeaderValue(facts.ETag);
        var modified = Seconds(facts.LastModified);

        if (request.Headers.IfMatch.Count > 0)
        {
            if (!headers.IfMatch.Any(asked => asked.Equals(EntityTagHeaderValue.Any) || asked.Compare(tag, useStrongComparison: true)))
                return Precondition.Failed;
        }
        else if (headers.IfUnmodifiedSince is { } unmodified && modified > unmodified)
        {
            return Precondition.Failed;
        }

        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return headers.IfNoneMatch.Any(asked => asked.Equals(EntityTagHeaderValue.Any) || asked.Compare(tag, useStrongComparison: false))
                ? Precondition.NotModified
                : Precondition.Proceed;
        }

        return headers.IfModifiedSince is { } since && modified <= since ? Precondition.NotModified : Precondition.Proceed;
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

    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
