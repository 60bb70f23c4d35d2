using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>Content that is stored as a gzip stream: sent so to who decompresses it, else decompressed.</summary>
internal static class GzipContent
{
    /// <param name="facts">Of the content decompressed.</param>
    /// <param name="gzipBytes">How long the gzip stream is; null: there is none.</param>
    /// <param name="open">Opens a span of the content decompressed.</param>
    /// <param name="openGzip">Opens the gzip stream.</param>
    public static ContentResult Of(
        HttpRequest request,
        ContentFacts facts,
        long? gzipBytes,
        Func<long, long?, CancellationToken, Task<Stream>> open,
        Func<CancellationToken, Task<Stream>> openGzip)
    {
        if (gzipBytes is not { } gzip) return new ContentResult(facts, open);
        return TakesGzip(request)
            ? new ContentResult(facts.Gzipped(gzip), (_, _, cancelled) => openGzip(cancelled))
            : new ContentResult(facts.Varying(), open);
    }

    // A range is one of the file, which the encoded bytes would make something else.
    private static bool TakesGzip(HttpRequest request) =>
        request.Headers.Range.Count == 0 && request.GetTypedHeaders().AcceptEncoding.Any(IsGzip);

    private static bool IsGzip(StringWithQualityHeaderValue coding) =>
        coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0;
}
