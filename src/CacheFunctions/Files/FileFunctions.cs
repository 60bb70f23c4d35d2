using CacheFunctions.Errors;
using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Files;

/// <summary>Files by domain and level over HTTP: each call for the level app and for the level user.</summary>
public sealed class FileFunctions(Api api, FileManager files)
{
    private const string App = "api/files/{domain}/app";
    private const string User = "api/files/{domain}/user/{userId}";
    private const string File = "/{*filename:minlength(1)}";

    [Function(nameof(UploadAppFile))]
    [Answers(
        "Stores a shared file",
        ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType, ErrorCode.FileUploadFailed,
        Ok = typeof(FileAnswer), Created = typeof(FileAnswer))]
    [Accepts(Content = true, Query = ["compress", "encrypt", "cache_content"], Headers = ["If-Match", "If-None-Match", "x-metadata", "x-meta-*", "x-visibility"])]
    public IResult UploadAppFile(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = App + File)] HttpRequest request, string domain, string filename) =>
        Upload(request, () => FileAddress.Of(domain, StorageLevel.App, filename), nameof(UploadAppFile));

    [Function(nameof(UploadUserFile))]
    [Answers(
        "Stores a user's file",
        ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType, ErrorCode.FileUploadFailed,
        Ok = typeof(FileAnswer), Created = typeof(FileAnswer))]
    [Accepts(Content = true, Query = ["compress", "encrypt", "cache_content"], Headers = ["If-Match", "If-None-Match", "x-metadata", "x-meta-*", "x-visibility"])]
    public IResult UploadUserFile(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = User + File)] HttpRequest request, string domain, string userId, string filename) =>
        Upload(request, () => FileAddress.Of(domain, StorageLevel.User, filename, userId), nameof(UploadUserFile));

    [Function(nameof(DownloadAppFile))]
    [Answers(
        "A shared file, or what is known of it",
        ErrorCode.FileNotFound, ErrorCode.FileDownloadFailed, ErrorCode.StorageError, Content = "*/*", Ranges = true, Replaceable = true)]
    [Accepts(Query = ["use_cache", "metadata"], Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult DownloadAppFile(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = App + File)] HttpRequest request, string domain, string filename) =>
        Download(request, () => FileAddress.Of(domain, StorageLevel.App, filename), nameof(DownloadAppFile));

    [Function(nameof(DownloadUserFile))]
    [Answers(
        "A user's file, or what is known of it",
        ErrorCode.FileNotFound, ErrorCode.FileDownloadFailed, ErrorCode.StorageError, Content = "*/*", Ranges = true, Replaceable = true)]
    [Accepts(Query = ["use_cache", "metadata"], Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult DownloadUserFile(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = User + File)] HttpRequest request, string domain, string userId, string filename) =>
        Download(request, () => FileAddress.Of(domain, StorageLevel.User, filename, userId), nameof(DownloadUserFile));

    [Function(nameof(DeleteAppFile))]
    [Answers(
        "Deletes a shared file",
        ErrorCode.FileNotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.StorageError, Ok = typeof(DeletedFileAnswer))]
    [Accepts(Headers = ["If-Match"])]
    public IResult DeleteAppFile(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = App + File)] HttpRequest request, string domain, string filename) =>
        Delete(request, () => FileAddress.Of(domain, StorageLevel.App, filename), nameof(DeleteAppFile));

    [Function(nameof(DeleteUserFile))]
    [Answers(
        "Deletes a user's file",
        ErrorCode.FileNotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.StorageError, Ok = typeof(DeletedFileAnswer))]
    [Accepts(Headers = ["If-Match"])]
    public IResult DeleteUserFile(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = User + File)] HttpRequest request, string domain, string userId, string filename) =>
        Delete(request, () => FileAddress.Of(domain, StorageLevel.User, filename, userId), nameof(DeleteUserFile));

    [Function(nameof(ListAppFiles))]
    [Answers("Shared files of a domain", ErrorCode.StorageError, Items = typeof(FileAnswer), Plural = "files")]
    [Accepts(Query = ["prefix", "max_keys", "cursor", "use_cache"])]
    public IResult ListAppFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = App)] HttpRequest request, string domain) =>
        List(request, () => FileSpace.Of(domain, StorageLevel.App, null), nameof(ListAppFiles));

    [Function(nameof(ListUserFiles))]
    [Answers("A user's files of a domain", ErrorCode.StorageError, Items = typeof(FileAnswer), Plural = "files")]
    [Accepts(Query = ["prefix", "max_keys", "cursor", "use_cache"])]
    public IResult ListUserFiles(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = User)] HttpRequest request, string domain, string userId) =>
        List(request, () => FileSpace.Of(domain, StorageLevel.User, userId), nameof(ListUserFiles));

    private IResult Upload(HttpRequest request, Func<FileAddress> address, string function) => api.Run(
        request,
        async call =>
        {
            var (file, isNew) = await files.UploadFileAsync(call.Caller, address(), FileUpload.Of(call), FileUpload.ConditionsOf(call), call.Cancelled);
            request.HttpContext.Response.Headers.ETag = file.ETag;
            return isNew
                ? call.Created(Location(request), FileAnswer.Of(file), $"File uploaded: {file.Filename}")
                : call.Ok(FileAnswer.Of(file), $"File replaced: {file.Filename}");
        },
        function);

    private IResult Download(HttpRequest request, Func<FileAddress> address, string function) => api.Run(
        request,
        async call =>
        {
            var wanted = address();
            var useCache = call.Query.Flag("use_cache", true);
            if (call.Query.Flag("metadata", false))
                return call.Ok(FileAnswer.Of(await files.GetFileMetadataAsync(call.Caller, wanted, useCache, call.Cancelled) ?? throw new FileNotFoundError(wanted)));
            return await FileContent.OfAsync(call, readsWhole => files.DownloadFileAsync(call.Caller, wanted, useCache, readsWhole, call.Cancelled));
        },
        function);

    private IResult Delete(HttpRequest request, Func<FileAddress> address, string function) => api.Run(
        request,
        async call =>
        {
            var deleted = await files.DeleteFileAsync(call.Caller, address(), new FileConditions(call.Headers.IfMatch), call.Cancelled);
            return call.Ok(
                new DeletedFileAnswer(deleted.Filename, deleted.Space.Domain, deleted.Space.Level, deleted.Space.UserId), $"File deleted: {deleted.Filename}");
        },
        function);

    private IResult List(HttpRequest request, Func<FileSpace> space, string function) => api.Run(
        request,
        async call =>
        {
            var useCache = call.Query.Flag("use_cache", true);
            var take = call.Query.Number("max_keys", 1_000, 1, 5_000);
            var (page, next) = await files.ListFilesAsync(
                call.Caller, space(), call.Query.Text("prefix") ?? "", take, Cursor.Read(call.Query.Text("cursor")), useCache, call.Cancelled);
            return call.Page("files", [.. page.Select(FileAnswer.Of)], take, next is null ? null : Cursor.Write(next));
        },
        function);

    private static string Location(HttpRequest request) => request.Path.ToUriComponent();
}

internal sealed record DeletedFileAnswer(string Filename, string Domain, StorageLevel Level, string? UserId);
