using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Files.Uploads;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Uploads;

/// <summary>What tus 1.0 demands of headers (https://tus.io/protocols/resumable-upload, core and extensions).</summary>
internal static class TusProtocol
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,checksum,expiration,termination";
    public const string PieceType = "application/offset+octet-stream";

    public const string Resumable = "Tus-Resumable";
    public const string Length = "Upload-Length";
    public const string Offset = "Upload-Offset";
    public const string Metadata = "Upload-Metadata";
    public const string Checksum = "Upload-Checksum";

    /// <summary>Every answer but that of OPTIONS tells the version, and a request in another one is not looked at.</summary>
    /// <exception cref="CacheException">PreconditionFailed.</exception>
    public static void Require(ApiCall call)
    {
        var (request, response) = (call.Request, call.Request.HttpContext.Response);
        response.Headers[Resumable] = Version;
        if (request.Headers[Resumable].ToString() == Version) return;
        response.Headers["Tus-Version"] = Version;
        throw new CacheException(ErrorCode.PreconditionFailed, $"{Resumable}: must be {Version}, the only version of the protocol that is spoken here.");
    }

    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static long Number(HttpRequest request, string header)
    {
        var text = request.Headers[header].ToString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw CacheException.Invalid(header, "must be a whole number of bytes, 0 or more.");
    }

    /// <exception cref="CacheException">InvalidArgument.</exception>
    public static Checksum? ChecksumOf(HttpRequest request) =>
        request.Headers.TryGetValue(Checksum, out var text) ? Files.Uploads.Checksum.Parse(Checksum, text.ToString()) : null;

    /// <exception cref="CacheException">UnsupportedMediaType.</exception>
    public static void RequirePiece(ApiCall call)
    {
        call.Headers.RequirePlainBody();
        if (call.Request.ContentType != PieceType)
            throw new CacheException(ErrorCode.UnsupportedMediaType, $"Content-Type: must be {PieceType}.");
    }

    /// <summary>Where an upload is, and until when it may rest.</summary>
    public static void Describe(HttpResponse response, ResumableUpload upload, long? offset)
    {
        if (offset is { } bytes) response.Headers[Offset] = bytes.ToString(CultureInfo.InvariantCulture);
        response.Headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
    }
}
