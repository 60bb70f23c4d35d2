using CacheFunctions.Errors;
using CacheFunctions.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>Answers content as HTTP means it: conditions, ranges, HEAD, and headers that keep a browser from running it.</summary>
/// <param name="open">Opens a span of the bytes.</param>
public sealed class ContentResult(ContentFacts facts, Func<long, long?, CancellationToken, Task<Stream>> open) : IResult
{
    private static readonly KeyValuePair<string, object?> Sent = Telemetry.Tag(Telemetry.Attributes.Direction, "transmit");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        Identify(response);
        switch (Preconditions.Evaluate(request, facts))
        {
            case Precondition.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            case Precondition.Failed:
                throw new CacheException(ErrorCode.PreconditionFailed, $"The content is now {facts.ETag}, not what the condition asks for.");
        }

        Describe(response);
        var spans = HttpMethods.IsGet(request.Method) && Preconditions.RangeApplies(request, facts)
            ? ByteRanges.Parse(request.Headers.Range, facts.Length)
            : null;
        if (spans is null) await SendWholeAsync(httpContext);
        else if (spans.Count == 0) throw OutOfRange(response);
        else if (spans.Count == 1) await SendOneAsync(httpContext, spans[0]);
        else await MultipartRanges.SendAsync(httpContext, spans, facts, facts.Type, SendAsync);
    }

    private async Task SendWholeAsync(HttpContext context)
    {
        context.Response.ContentType = facts.Type;
        context.Response.ContentLength = facts.Length;
        if (HttpMethods.IsHead(context.Request.Method) || facts.Length == 0) return;
        await SendAsync(context, new ByteSpan(0, facts.Length), default);
    }

    private async Task SendOneAsync(HttpContext context, ByteSpan span)
    {
        var response = context.Response;
        // Opened first: should it fail, the answer speaks of no range.
        await using var content = await OpenAsync(context, span);
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = facts.Type;
        response.ContentLength = span.Length;
        response.Headers.ContentRange = new ContentRangeHeaderValue(span.Offset, span.Last, facts.Length).ToString();
        await ContentSender.SendAsync(content, response, context.RequestAborted);
        Telemetry.ContentBytes.Add(span.Length, Sent);
    }

    /// <param name="head">What goes before the bytes, once they are known to be there.</param>
    private async Task SendAsync(HttpContext context, ByteSpan span, ReadOnlyMemory<byte> head)
    {
        await using var content = await OpenAsync(context, span);
        if (head.Length > 0) await context.Response.Body.WriteAsync(head, context.RequestAborted);
        await ContentSender.SendAsync(content, context.Response, context.RequestAborted);
        Telemetry.ContentBytes.Add(span.Length, Sent);
    }

    private Task<Stream> OpenAsync(HttpContext context, ByteSpan span)
    {
        var whole = span.Offset == 0 && span.Length == facts.Length;
        return open(span.Offset, whole ? null : span.Length, context.RequestAborted);
    }

    private CacheException OutOfRange(HttpResponse response)
    {
        response.Headers.ContentRange = new ContentRangeHeaderValue(facts.Length).ToString();
        return new CacheException(
            ErrorCode.RangeNotSatisfiable, $"Range: lies outside the content, which has {facts.Length} bytes.");
    }

    /// <summary>What caches need to know of it; all that is said to who has it already (RFC 9110, 15.4.5).</summary>
    private void Identify(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ETag = facts.ETag;
        headers.LastModified = facts.LastModifiedText;
        headers.CacheControl = facts.IsImmutable ? "private, max-age=31536000, immutable" : "private, no-cache";
        if (facts.VariesByEncoding) headers.Vary = HeaderNames.AcceptEncoding;
    }

    private void Describe(HttpResponse response)
    {
        var headers = response.Headers;
        headers.AcceptRanges = "bytes";
        if (facts.ContentEncoding is not null) headers.ContentEncoding = facts.ContentEncoding;
        headers.ContentDisposition = facts.Disposition;
        headers.XContentTypeOptions = "nosniff";
        if (facts.Digest is { } digest) headers["Repr-Digest"] = digest;
        // Should a browser show it all the same, it runs nothing.
        headers.ContentSecurityPolicy = "sandbox";
    }
}
