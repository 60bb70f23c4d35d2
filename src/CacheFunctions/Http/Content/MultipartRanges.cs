using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>Answers several ranges as multipart/byteranges, RFC 9110 section 15.3.7.2.</summary>
internal static class MultipartRanges
{
    public static async Task SendAsync(
        HttpContext context,
        IReadOnlyList<ByteSpan> spans,
        ContentFacts facts,
        string contentType,
        Func<HttpContext, ByteSpan, ReadOnlyMemory<byte>, Task> send)
    {
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var heads = spans.Select(span => Encoding.ASCII.GetBytes(
            $"\r\n--{boundary}\r\nContent-Type: {contentType}\r\nContent-Range: {new ContentRangeHeaderValue(span.Offset, span.Last, facts.Length)}\r\n\r\n")).ToList();
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");

        var response = context.Response;
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = $"multipart/byteranges; boundary={boundary}";
        response.ContentLength = heads.Sum(head => head.LongLength) + spans.Sum(span => span.Length) + end.Length;
        for (var i = 0; i < spans.Count; i++) await send(context, spans[i], heads[i]);
        await response.Body.WriteAsync(end, context.RequestAborted);
    }
}
