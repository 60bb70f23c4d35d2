using CacheFunctions.Errors;
using CacheFunctions.Files.Urls;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Files;

/// <summary>Addresses for uploads and downloads that need no key, over HTTP.</summary>
public sealed class FileUrlFunctions(Api api, FileManager files)
{
    [Function(nameof(CreateFileUploadUrl))]
    [Answers("An address to upload to, good without a key", ErrorCode.StorageError, Ok = typeof(FileUrlAnswer))]
    [Accepts(Body = typeof(UploadUrlRequest))]
    public IResult CreateFileUploadUrl(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/files/upload-url")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var (asked, address) = await call.ReadJsonAsync((UploadUrlRequest body) => (body, body.ToAddress()));
            var url = await files.GenerateUploadUrlAsync(
                call.Caller, address, asked.ContentType, asked.ExpiresIn ?? FileUrlFields.DefaultExpiresIn, asked.Staged, call.Cancelled);
            return Answer(call, url, asked.Staged ? "Send the file to the url, then commit the upload" : "Send the file to the url");
        });

    [Function(nameof(CreateFileDownloadUrl))]
    [Answers(
        "An address to download from, good without a key",
        ErrorCode.FileNotFound, ErrorCode.FileDownloadFailed, ErrorCode.StorageError, Ok = typeof(FileUrlAnswer))]
    [Accepts(Body = typeof(DownloadUrlRequest))]
    public IResult CreateFileDownloadUrl(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/files/download-url")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var (asked, address) = await call.ReadJsonAsync((DownloadUrlRequest body) => (body, body.ToAddress()));
            return Answer(call, await files.GenerateDownloadUrlAsync(call.Caller, address, asked.ExpiresIn ?? FileUrlFields.DefaultExpiresIn, call.Cancelled), null);
        });

    [Function(nameof(CommitFileUpload))]
    [Answers(
        "Makes what was uploaded a file, once size and hash are found right",
        ErrorCode.NotFound, ErrorCode.FileNotFound, ErrorCode.Conflict, ErrorCode.FileDownloadFailed, ErrorCode.FileUploadFailed,
        Ok = typeof(FileAnswer), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(CommitFileRequest))]
    public IResult CommitFileUpload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/files/commit")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var (uploadId, sizeBytes, sha256) = await call.ReadJsonAsync((CommitFileRequest body) => body.Checked());
            var commit = await files.CommitUploadAsync(call.Caller, uploadId, sizeBytes, sha256, call.Cancelled);
            return commit.Result is { } file
                ? call.Ok(FileAnswer.Of(file), $"File uploaded: {file.Filename}")
                : call.GoesOn(commit.JobId!, "The commit");
        });

    /// <summary>Anybody's, since the address itself is the permission.</summary>
    [Function(nameof(DownloadSignedFile))]
    [Answers(
        "A file by its signed address",
        ErrorCode.FileNotFound, ErrorCode.FileDownloadFailed, ErrorCode.StorageError, Content = "*/*", Ranges = true, Replaceable = true)]
    [Accepts(
        Query = [AddressSigner.Version, AddressSigner.Expiry, AddressSigner.User, AddressSigner.KeyId, AddressSigner.Signature],
        Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult DownloadSignedFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = FileManager.SignedRoute + "{*path:minlength(1)}")] HttpRequest request, string path) =>
        // HEAD is a GET without its body, and signed as such.
        api.Run(request, call => FileContent.OfAsync(call, readsWhole => files.DownloadSignedAsync("GET", path, call.Query.Text, readsWhole, call.Cancelled)));

    private static IResult Answer(ApiCall call, FileUrl url, string? message)
    {
        var address = url.Url.IsAbsoluteUri ? url.Url : new Uri(ServiceAddress.Of(call.Request), url.Url);
        return call.Ok(new FileUrlAnswer(address, url.Method, url.Headers, url.ExpiresAt, url.UploadId), message);
    }
}

/// <param name="UploadId">Of a staged upload; else null.</param>
internal sealed record FileUrlAnswer(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt, string? UploadId);
