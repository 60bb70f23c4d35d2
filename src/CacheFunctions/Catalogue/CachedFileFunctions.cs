using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>Cached files one by one over HTTP.</summary>
public sealed class CachedFileFunctions(Api api, CachedFilesService files)
{
    private const string One = "api/cached/files/{fileId:guid}";

    [Function(nameof(AddCachedFile))]
    [Answers(
        "Caches a file, or adds one more user to what is cached",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.QuotaExceeded,
        Ok = typeof(CachedFileAnswer), Created = typeof(CachedFileAnswer), Accepted = typeof(FileBeingCachedAnswer))]
    [Accepts(Body = typeof(AddCachedFileRequest))]
    public IResult AddCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/cached/files")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var asked = await call.ReadJsonAsync((AddCachedFileRequest body) => body.Checked());
            var added = await files.AddCachedFileAsync(call.Caller, asked, call.RequestKey, call.Cancelled);
            if (added.File is null) return Pending(call, added.Pending!);
            var answer = CachedFileAnswer.Of(added.File);
            return added.IsNew
                ? call.Created($"/api/cached/files/{answer.Id}", answer, $"File cached successfully: {answer.Filename}")
                : call.Ok(answer, $"File already cached: {answer.Filename}");
        });

    [Function(nameof(GetCachedFile))]
    [Answers("A cached file", ErrorCode.NotFound, Ok = typeof(CachedFileAnswer))]
    public IResult GetCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = One)] HttpRequest request, string fileId) =>
        api.Run(request, async call =>
            call.Ok(CachedFileAnswer.Of(await files.GetCachedFileByIdAsync(call.Caller, Id(fileId), call.Cancelled))));

    [Function(nameof(RemoveCachedFile))]
    [Answers("Removes a file from the cache", ErrorCode.NotFound, ErrorCode.Conflict, Ok = typeof(RemovedFileAnswer))]
    [Accepts(Body = typeof(RemoveCachedFileRequest), BodyIsOptional = true)]
    public IResult RemoveCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string fileId) =>
        api.Run(request, async call =>
        {
            var (reason, userId) = await call.ReadJsonAsync((RemoveCachedFileRequest body) => body.Checked());
            var file = await files.RemoveCachedFileAsync(call.Caller, Id(fileId), reason, userId, cancellation: call.Cancelled);
            return call.Ok(
                new RemovedFileAnswer(file.Id.ToString(), file.FilePath, reason), $"Cached file removed successfully: {file.Filename}");
        });

    [Function(nameof(NoteCachedFileAccess))]
    [Answers("Notes that a file was used", ErrorCode.NotFound, Ok = typeof(CachedFileAnswer))]
    [Accepts(Body = typeof(AccessRequest), BodyIsOptional = true)]
    public IResult NoteCachedFileAccess(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/access")] HttpRequest request, string fileId) =>
        api.Run(request, async call =>
        {
            var userId = await call.ReadJsonAsync((AccessRequest body) => body.Checked());
            return call.Ok(CachedFileAnswer.Of(await files.UpdateFileAccessAsync(call.Caller, Id(fileId), userId, call.Cancelled)));
        });

    [Function(nameof(AddCachedFileUser))]
    [Answers("Adds a user who wants the file", ErrorCode.NotFound, ErrorCode.Conflict, Ok = typeof(CachedFileAnswer))]
    [Accepts(Body = typeof(AttributionRequest), BodyIsOptional = true)]
    public IResult AddCachedFileUser(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = One + "/users/{userId}")] HttpRequest request, string fileId, string userId) =>
        api.Run(request, async call =>
        {
            var reason = await call.ReadJsonAsync((AttributionRequest body) => body.Checked());
            var file = await files.AddUserToFileAsync(call.Caller, Id(fileId), Fields.UserId(userId), reason, call.Cancelled);
            return call.Ok(CachedFileAnswer.Of(file), $"User {userId} added: {file.Filename}");
        });

    [Function(nameof(RemoveCachedFileUser))]
    [Answers("Takes a user away", ErrorCode.NotFound, Ok = typeof(CachedFileAnswer))]
    public IResult RemoveCachedFileUser(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One + "/users/{userId}")] HttpRequest request, string fileId, string userId) =>
        api.Run(request, async call =>
        {
            var file = await files.RemoveUserFromFileAsync(call.Caller, Id(fileId), Fields.UserId(userId), call.Cancelled);
            return call.Ok(CachedFileAnswer.Of(file), $"User {userId} removed: {file.Filename}");
        });

    [Function(nameof(PinCachedFile))]
    [Answers("Keeps a file, whatever happens", ErrorCode.NotFound, Ok = typeof(CachedFileAnswer))]
    public IResult PinCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = One + "/pin")] HttpRequest request, string fileId) =>
        Pin(request, fileId, true);

    [Function(nameof(UnpinCachedFile))]
    [Answers("Keeps a file no longer", ErrorCode.NotFound, Ok = typeof(CachedFileAnswer))]
    public IResult UnpinCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One + "/pin")] HttpRequest request, string fileId) =>
        Pin(request, fileId, false);

    /// <exception cref="CacheException">NotFound: the text is no id of this service.</exception>
    internal static CachedFileId Id(string text) =>
        CachedFileId.TryParse(text, out var id) ? id : throw CacheException.NotFound("There is no such cached file.");

    private static IResult Pending(ApiCall call, Job job) => call.Accepted(
        job.Id,
        new FileBeingCachedAnswer(job.Subject, job.FilePath, job.Id, job.BytesDone, job.BytesTotal),
        $"File being cached: {job.FilePath[(job.FilePath.LastIndexOf('/') + 1)..]}");

    private IResult Pin(HttpRequest request, string fileId, bool pinned) => api.Run(
        request,
        async call => call.Ok(CachedFileAnswer.Of(await files.PinFileAsync(call.Caller, Id(fileId), pinned, call.Cancelled))),
        pinned ? nameof(PinCachedFile) : nameof(UnpinCachedFile));
}

internal sealed record RemovedFileAnswer(string FileId, string FilePath, string Reason);

internal sealed record FileBeingCachedAnswer(string FileId, string FilePath, string JobId, long BytesDone, long? BytesTotal);
