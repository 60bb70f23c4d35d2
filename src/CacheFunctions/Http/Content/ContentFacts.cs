using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace CacheFunctions.Http.Content;

/// <summary>What is known of content before it is opened. What headers say of it is made once, so facts may be kept for as long as they hold.</summary>
/// <param name="eTag">Strong, quotes included.</param>
/// <param name="sha256">Lower-case hex; null: not known.</param>
/// <param name="isImmutable">Whether the address always gives these bytes, so that a browser may keep them.</param>
public sealed class ContentFacts(string eTag, DateTimeOffset lastModified, long length, string fileName, string? sha256, bool isImmutable)
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public string ETag => eTag;

    public DateTimeOffset LastModified => lastModified;

    public long Length => length;

    /// <summary>What its owner says it is; null: what its name suggests.</summary>
    public string? ContentType { get; init; }

    /// <summary>How the bytes are encoded; null: not at all.</summary>
    public string? ContentEncoding { get; private init; }

    /// <summary>Whether callers who understand other encodings are sent other bytes.</summary>
    public bool VariesByEncoding { get; private init; }

    public bool IsImmutable => isImmutable;

    public string Type => ContentType ?? (field ??= TypeOf(fileName));

    /// <summary>The header Last-Modified.</summary>
    public string LastModifiedText => field ??= HeaderUtilities.FormatDate(lastModified);

    /// <summary>The header Content-Disposition.</summary>
    public string Disposition => field ??= DispositionOf(fileName);

    /// <summary>The header Repr-Digest; null: no hash is known.</summary>
    public string? Digest => sha256 is null ? null : field ??= $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    /// <summary>The media type that a file's name suggests.</summary>
    public static string TypeOf(string fileName) => Types.TryGetContentType(fileName, out var type) ? type : "application/octet-stream";

    /// <summary>The same of content that other callers are sent compressed.</summary>
    public ContentFacts Varying() => new(eTag, lastModified, length, fileName, sha256, isImmutable) { ContentType = ContentType, VariesByEncoding = true };

    /// <summary>Another representation of it: with an entity tag of its own, and a digest that nobody has taken.</summary>
    /// <param name="bytes">How long the gzip stream is.</param>
    public ContentFacts Gzipped(long bytes) => new(eTag[..^1] + "-gzip\"", lastModified, bytes, fileName, null, isImmutable)
    {
        ContentType = ContentType,
        ContentEncoding = "gzip",
        VariesByEncoding = true,
    };

    private static string DispositionOf(string fileName)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(fileName);
        return disposition.ToString();
    }
}
