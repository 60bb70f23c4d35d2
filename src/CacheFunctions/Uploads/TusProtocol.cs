using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Sessions;
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
        request.Headers.TryGetValue(Checksum, out var text) ? Uploads.Checksum.Parse(Checksum, text.ToString()) : null;

    /// <exception cref="CacheException">UnsupportedMediaType.</exception>
    public static void RequirePiece(ApiCall call)
    {
        call.Headers.RequirePlainBody();
        if (call.Request.ContentType != PieceType)
            throw new CacheException(ErrorCode.UnsupportedMediaType, $"Content-Type: must be {PieceType}.");
    }

    /// <summary>What a session must still be when the upload becomes its version. Each POST is an upload of its own, so no key counts.</summary>
    public static Conditions ConditionsOf(ApiCall call) => new() { IfMatch = call.Headers.IfMatch, Fence = call.Headers.Fence };

    /// <exception cref="CacheException">InvalidArgument: it has conditions, which would not be kept.</exception>
    public static FileTarget Unconditional(ApiCall call, FileTarget file)
    {
        if (call.Headers.IfMatch is not null) throw CacheException.Invalid("If-Match", "is for uploads that become a session's version.");
        return call.Headers.Fence is null ? file : throw CacheException.Invalid("X-Fence", "is for uploads that become a session's version.");
    }

    /// <summary>Where an upload is, until when it may rest, and what it has become.</summary>
    public static void Describe(HttpResponse response, ResumableUpload upload, long? offset)
    {
        if (offset is { } bytes) response.Headers[Offset] = bytes.ToString(CultureInfo.InvariantCulture);
        response.Headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        if (upload.ETag is { } etag) response.Headers.ETag = etag;
    }

    /// <param name="done">For an upload of which nothing goes on.</param>
    public static IResult Answer(ApiCall call, UploadState state, IResult done)
    {
        Describe(call.Request.HttpContext.Response, state.Upload, state.Offset);
        return state.JobId is { } job ? call.GoesOn(job, "What the upload becomes") : done;
    }
}
