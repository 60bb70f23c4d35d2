using System.Net;

namespace CacheFunctions.Client;

/// <summary>What the service tells of a content.</summary>
/// <param name="ETag">In quotes, as conditions take it.</param>
/// <param name="Length">Of what is sent, in bytes: the whole, or the range; null: it was not told.</param>
/// <param name="TotalLength">Of the whole.</param>
/// <param name="Offset">Where the range begins; 0: of the whole.</param>
/// <param name="Sha256">Of the whole, in lower-case hex; null: unknown.</param>
/// <param name="IsNotModified">It is still what the caller has, and nothing is sent.</param>
public sealed record ContentInfo(
    string? ETag,
    long? Length,
    long? TotalLength,
    long Offset,
    string? ContentType,
    DateTimeOffset? LastModified,
    string? FileName,
    string? Sha256,
    bool IsNotModified)
{
    private const string DigestStart = "sha-256=:";

    internal static ContentInfo Of(HttpResponseMessage response)
    {
        var headers = response.Content.Headers;
        return new ContentInfo(
            response.Headers.ETag?.ToString(),
            headers.ContentLength,
            headers.ContentRange?.Length ?? headers.ContentLength,
            headers.ContentRange?.From ?? 0,
            headers.ContentType?.ToString(),
            headers.LastModified,
            (headers.ContentDisposition?.FileNameStar ?? headers.ContentDisposition?.FileName)?.Trim('"'),
            response.Headers.TryGetValues("Repr-Digest", out var digests) ? Sha256Of(digests.First()) : null,
            response.StatusCode == HttpStatusCode.NotModified);
    }

    private static string? Sha256Of(string digest) => digest.StartsWith(DigestStart, StringComparison.Ordinal) && digest.EndsWith(':')
        ? Convert.ToHexStringLower(Convert.FromBase64String(digest[DigestStart.Length..^1]))
        : null;
}
