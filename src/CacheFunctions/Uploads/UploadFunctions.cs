using System.Globalization;
using CacheFunctions.Files.Uploads;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Uploads;

/// <summary>Resumable uploads by tus 1.0. What is uploaded becomes a file of the file manager.</summary>
public sealed class UploadFunctions(Api api, ResumableUploads uploads)
{
    private const string Uploads = "api/uploads";
    private const string One = Uploads + "/{uploadId}";

    /// <summary>What of the protocol is spoken here.</summary>
    [Function(nameof(DescribeUploads))]
    [Answers("What of tus 1.0 is spoken here", Nothing = true)]
    public Task<IResult> DescribeUploads(
        [HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = Uploads)] HttpRequest request) =>
        api.RunAsync(request, call =>
        {
            var headers = request.HttpContext.Response.Headers;
            headers[TusProtocol.Resumable] = TusProtocol.Version;
            headers["Tus-Version"] = TusProtocol.Version;
            headers["Tus-Extension"] = TusProtocol.Extensions;
            headers["Tus-Checksum-Algorithm"] = Checksum.Algorithms;
            headers["Tus-Max-Size"] = uploads.MaxBytes.ToString(CultureInfo.InvariantCulture);
            return Task.FromResult(Results.NoContent());
        });

    [Function(nameof(CreateUpload))]
    [Answers("Begins a resumable upload", ErrorCode.PreconditionFailed, ErrorCode.TooLarge, Created = typeof(UploadStartedAnswer))]
    [Accepts(Headers = [TusProtocol.Resumable, TusProtocol.Length, TusProtocol.Metadata])]
    public Task<IResult> CreateUpload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Uploads)] HttpRequest request) =>
        api.RunAsync(request, async call =>
        {
            TusProtocol.Require(call);
            var (length, text) = (TusProtocol.Number(request, TusProtocol.Length), request.Headers[TusProtocol.Metadata].ToString());
            var metadata = UploadMetadata.Parse(text);
            var (address, type, compress, encrypt) = (metadata.Address, metadata.ContentType, metadata.Compress, metadata.Encrypt);
            await call.RequireNoBodyAsync();
            var upload = await uploads.CreateAsync(
                call.Caller, address, (id, expiresAt) => new ResumableUpload(id, address, length, type, compress, encrypt, text, expiresAt), call.Cancelled);
            TusProtocol.Describe(request.HttpContext.Response, upload, null);
            return call.Created($"/{Uploads}/{upload.Id}", new UploadStartedAnswer(upload.Id, upload.ExpiresAt), "Send the bytes to the location");
        });

    [Function(nameof(FindUpload))]
    [Answers("How much of an upload is there", ErrorCode.NotFound, ErrorCode.PreconditionFailed, Content = "*/*")]
    [Accepts(Headers = [TusProtocol.Resumable])]
    public Task<IResult> FindUpload(
        [HttpTrigger(AuthorizationLevel.Function, "head", Route = One)] HttpRequest request, string uploadId) =>
        api.RunAsync(request, async call =>
        {
            TusProtocol.Require(call);
            var (upload, offset) = await uploads.FindAsync(call.Caller, uploadId, call.Cancelled);
            var response = request.HttpContext.Response;
            TusProtocol.Describe(response, upload, offset);
            response.Headers[TusProtocol.Length] = upload.Length.ToString(CultureInfo.InvariantCulture);
            if (upload.Metadata.Length > 0) response.Headers[TusProtocol.Metadata] = upload.Metadata;
            return Results.Ok();
        });

    [Function(nameof(ContinueUpload))]
    [Answers(
        "Sends the next bytes of an upload; with the last ones it becomes what it is for",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType, ErrorCode.ChecksumMismatch,
        Nothing = true)]
    [Accepts(Content = true, Headers = [TusProtocol.Resumable, TusProtocol.Offset, TusProtocol.Checksum, "Content-Type"])]
    public Task<IResult> ContinueUpload(
        [HttpTrigger(AuthorizationLevel.Function, "patch", Route = One)] HttpRequest request, string uploadId) =>
        api.RunAsync(request, async call =>
        {
            TusProtocol.Require(call);
            TusProtocol.RequirePiece(call);
            var (upload, offset) = await uploads.AppendAsync(
                call.Caller,
                uploadId,
                TusProtocol.Number(request, TusProtocol.Offset),
                request.Body,
                request.ContentLength,
                TusProtocol.ChecksumOf(request),
                call.Cancelled);
            TusProtocol.Describe(request.HttpContext.Response, upload, offset);
            return Results.NoContent();
        });

    [Function(nameof(TerminateUpload))]
    [Answers("Gives an upload up", ErrorCode.NotFound, ErrorCode.PreconditionFailed, Nothing = true)]
    [Accepts(Headers = [TusProtocol.Resumable])]
    public Task<IResult> TerminateUpload(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string uploadId) =>
        api.RunAsync(request, async call =>
        {
            TusProtocol.Require(call);
            await uploads.DeleteAsync(call.Caller, uploadId, call.Cancelled);
            return Results.NoContent();
        });
}

internal sealed record UploadStartedAnswer(string UploadId, DateTimeOffset ExpiresAt);
