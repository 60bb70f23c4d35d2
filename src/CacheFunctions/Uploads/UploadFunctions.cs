using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Uploads;

/// <summary>Resumable uploads by tus 1.0. What is uploaded becomes a file of the file manager, or a session's next version.</summary>
public sealed class UploadFunctions(Api api, ResumableUploads uploads)
{
    private const string Uploads = "api/uploads";
    private const string One = Uploads + "/{uploadId}";

    /// <summary>What of the protocol is spoken here.</summary>
    [Function(nameof(DescribeUploads))]
    [Answers("What of tus 1.0 is spoken here", Nothing = true)]
    public IResult DescribeUploads(
        [HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = Uploads)] HttpRequest request) =>
        api.Run(request, call =>
        {
            var headers = request.HttpContext.Response.Headers;
            headers[TusProtocol.Resumable] = TusProtocol.Version;
            headers["Tus-Version"] = TusProtocol.Version;
            headers["Tus-Extension"] = TusProtocol.Extensions;
            headers["Tus-Checksum-Algorithm"] = Checksum.Algorithms;
            headers["Tus-Max-Size"] = uploads.MaxBytes.ToString(CultureInfo.InvariantCulture);
            return ValueTask.FromResult(Results.NoContent());
        });

    [Function(nameof(CreateUpload))]
    [Answers("Begins a resumable upload", ErrorCode.NotFound, ErrorCode.PreconditionFailed, ErrorCode.TooLarge, Created = typeof(UploadStartedAnswer))]
    [Accepts(Headers = [TusProtocol.Resumable, TusProtocol.Length, TusProtocol.Metadata, "If-Match", "X-Fence"])]
    public IResult CreateUpload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = Uploads)] HttpRequest request) =>
        api.Run(request, async call =>
        {
            TusProtocol.Require(call);
            var (length, text) = (TusProtocol.Number(request, TusProtocol.Length), request.Headers[TusProtocol.Metadata].ToString());
            var metadata = UploadMetadata.Parse(text);
            await call.RequireNoBodyAsync();
            var upload = metadata.SessionId is { } session
                ? await uploads.CreateAsync(call.Caller, session, TusProtocol.ConditionsOf(call), length, text, call.Cancelled)
                : await uploads.CreateAsync(call.Caller, TusProtocol.Unconditional(call, metadata.File), length, text, call.Cancelled);
            TusProtocol.Describe(request.HttpContext.Response, upload, null);
            return call.Created($"/{Uploads}/{upload.Id}", new UploadStartedAnswer(upload.Id, upload.ExpiresAt), "Send the bytes to the location");
        });

    [Function(nameof(FindUpload))]
    [Answers("How much of an upload is there", ErrorCode.NotFound, ErrorCode.PreconditionFailed, Accepted = typeof(JobStartedAnswer), Content = "*/*")]
    [Accepts(Headers = [TusProtocol.Resumable])]
    public IResult FindUpload(
        [HttpTrigger(AuthorizationLevel.Function, "head", Route = One)] HttpRequest request, string uploadId) =>
        api.Run(request, async call =>
        {
            TusProtocol.Require(call);
            var state = await uploads.FindAsync(call.Caller, uploadId, call.Cancelled);
            var response = request.HttpContext.Response;
            response.Headers[TusProtocol.Length] = state.Upload.Length.ToString(CultureInfo.InvariantCulture);
            if (state.Upload.Metadata.Length > 0) response.Headers[TusProtocol.Metadata] = state.Upload.Metadata;
            return TusProtocol.Answer(call, state, Results.Ok());
        });

    [Function(nameof(ContinueUpload))]
    [Answers(
        "Sends the next bytes of an upload; with the last ones it becomes what it is for",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType, ErrorCode.ChecksumMismatch,
        Accepted = typeof(JobStartedAnswer), Nothing = true)]
    [Accepts(Content = true, Headers = [TusProtocol.Resumable, TusProtocol.Offset, TusProtocol.Checksum, "Content-Type", "X-Fence"])]
    public IResult ContinueUpload(
        [HttpTrigger(AuthorizationLevel.Function, "patch", Route = One)] HttpRequest request, string uploadId) =>
        api.Run(request, async call =>
        {
            TusProtocol.Require(call);
            TusProtocol.RequirePiece(call);
            var state = await uploads.AppendAsync(
                call.Caller,
                uploadId,
                TusProtocol.Number(request, TusProtocol.Offset),
                request.Body,
                request.ContentLength,
                TusProtocol.ChecksumOf(request),
                call.Headers.Fence,
                call.Cancelled);
            return TusProtocol.Answer(call, state, Results.NoContent());
        });

    [Function(nameof(TerminateUpload))]
    [Answers("Gives an upload up", ErrorCode.NotFound, ErrorCode.PreconditionFailed, Nothing = true)]
    [Accepts(Headers = [TusProtocol.Resumable])]
    public IResult TerminateUpload(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string uploadId) =>
        api.Run(request, async call =>
        {
            TusProtocol.Require(call);
            await uploads.DeleteAsync(call.Caller, uploadId, call.Cancelled);
            return Results.NoContent();
        });
}

internal sealed record UploadStartedAnswer(string UploadId, DateTimeOffset ExpiresAt);
