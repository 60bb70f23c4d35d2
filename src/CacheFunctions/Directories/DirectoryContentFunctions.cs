using CacheFunctions.Content;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Directories;

/// <summary>Files in directories over HTTP.</summary>
public sealed class DirectoryContentFunctions(Api api, DirectoriesService directories)
{
    private const string Route = "cache/content/{*path:minlength(1)}";

    [Function(nameof(ReadDirectoryFile))]
    [Answers("A file of a directory", ErrorCode.NotFound, ErrorCode.StorageError, Content = "*/*", Ranges = true, Replaceable = true)]
    [Accepts(Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult ReadDirectoryFile(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Route)] HttpRequest request, string path) =>
        api.Run(request, call =>
        {
            var file = DirectoryPath.OfFile(path);
            return ValueTask.FromResult<IResult>(new CurrentContent(async () =>
            {
                var download = await directories.FindContentAsync(file, Preconditions.WantsWhole(request), call.Cancelled);
                var item = download.File;
                // The store's version stands for a hash: what others put there has none.
                var facts = new ContentFacts(ETag(item), item.WrittenAt, item.Length, NameOf(file), sha256: null, isImmutable: false);
                var content = GzipContent.Of(
                    request,
                    facts,
                    item.GzipBytes,
                    download.OpenAsync,
                    download.OpenGzipAsync);
                return (new CountedContent(content, bytes => directories.NoteServed(file, bytes)), download);
            }));
        });

    [Function(nameof(WriteDirectoryFile))]
    [Answers(
        "Stores a file in a directory",
        ErrorCode.Conflict, ErrorCode.Locked, ErrorCode.QuotaExceeded, ErrorCode.UnsupportedMediaType,
        Ok = typeof(StoredDirectoryFileAnswer), Created = typeof(StoredDirectoryFileAnswer))]
    [Accepts(Content = true)]
    public IResult WriteDirectoryFile(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = Route)] HttpRequest request, string path) =>
        api.Run(request, async call =>
        {
            var file = DirectoryPath.OfFile(path);
            // A span in a PUT would replace the whole by a part (RFC 9110, section 14.5).
            if (request.Headers.ContentRange.Count > 0) throw CacheException.Invalid("Content-Range", "must be left out: PUT takes the whole content.");
            // Refused and not ignored: whoever sends them counts on them.
            if (request.Headers.IfMatch.Count + request.Headers.IfNoneMatch.Count > 0)
                throw CacheException.Invalid("If-Match", "and If-None-Match must be left out: the last write wins here.");
            call.Headers.RequirePlainBody();
            var (item, isNew) = await directories.WriteContentAsync(call.Caller, file, request.Body, request.ContentLength, call.Cancelled);
            request.HttpContext.Response.Headers.ETag = ETag(item);
            var answer = new StoredDirectoryFileAnswer(item.Name, item.Length, ETag(item));
            return isNew
                ? call.Created($"/cache/content/{string.Join('/', item.Name.Split('/').Select(Uri.EscapeDataString))}", answer, $"File stored: {NameOf(file)}")
                : call.Ok(answer, $"File replaced: {NameOf(file)}");
        });

    [Function(nameof(DeleteDirectoryFile))]
    [Answers("Deletes a file of a directory", ErrorCode.NotFound, ErrorCode.Locked, Ok = typeof(DeletedDirectoryFileAnswer))]
    public IResult DeleteDirectoryFile(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = Route)] HttpRequest request, string path) =>
        api.Run(request, async call =>
        {
            var file = DirectoryPath.OfFile(path);
            await directories.DeleteContentAsync(call.Caller, file, call.Cancelled);
            return call.Ok(new DeletedDirectoryFileAnswer(file.Text), $"File deleted: {NameOf(file)}");
        });

    private static string ETag(ContentItem item) => $"\"{item.Version}\"";

    private static string NameOf(DirectoryPath file) => file.Text[(file.Text.LastIndexOf('/') + 1)..];
}

internal sealed record StoredDirectoryFileAnswer(string Path, long SizeBytes, string Etag);

internal sealed record DeletedDirectoryFileAnswer(string Path);
