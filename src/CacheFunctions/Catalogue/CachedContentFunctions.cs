using System.Security.Cryptography;
using System.Text;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Catalogue;

/// <summary>The bytes of cached files over HTTP: what the cache has, and by path also what it has yet to fetch.</summary>
public sealed class CachedContentFunctions(Api api, CachedFilesService files)
{
    private static readonly LastMade<CachedFile, ContentFacts> Facts = new(FactsOf, ReferenceEqualityComparer.Instance);

    [Function(nameof(ReadCachedFile))]
    [Answers("A cached file's content", ErrorCode.NotFound, Content = "*/*", Ranges = true)]
    [Accepts(Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult ReadCachedFile(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/cached/files/{fileId:guid}/content")] HttpRequest request,
        string fileId) =>
        api.Run(request, async call =>
        {
            var served = await files.FindContentAsync(call.Caller, CachedFileFunctions.Id(fileId), call.Cancelled);
            return Counted(served);
        });

    [Function(nameof(ReadThroughCache))]
    [Answers(
        "A file of an origin, from the cache; fetched into it once, if it is not there",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.QuotaExceeded, Content = "*/*", Ranges = true)]
    [Accepts(Query = ["path"], Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult ReadThroughCache(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/cached/content")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var served = await files.FindContentAsync(call.Caller, Fields.Path("path", call.Query.Text("path")), call.Cancelled);
            var headers = request.HttpContext.Response.Headers;
            headers["X-Cache"] = served.IsHit ? "HIT" : "MISS";
            if (served.IsStale) headers.Warning = "110 - \"Response is Stale\"";
            return Counted(served);
        });

    private CountedContent Counted(ServedFile served) => new(Content(served.File), bytes => files.NoteServed(served, bytes));

    private ContentResult Content(CachedFile file) =>
        new(Facts.Of(file), (offset, length, cancelled) => files.OpenContentAsync(file, offset, length, cancelled));

    private static ContentFacts FactsOf(CachedFile file)
    {
        // A recorded copy is somebody else's file, and one that is still being copied is the origin's: without a hash, its
        // version stands for it.
        var sha256 = file.Content is null ? null : file.Sha256;
        var mark = sha256 ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{file.Id}\n{file.SizeBytes}\n{file.Fingerprint?.Version}")));
        return new ContentFacts($"\"{mark}\"", file.StatusSince, file.SizeBytes, file.Filename, sha256, isImmutable: false);
    }
}
