using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Http.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>A session's bytes over HTTP.</summary>
public sealed class SessionContentFunctions(Api api, SessionService sessions)
{
    private const string Route = "api/sessions/{sessionId:minlength(16)}/content";

    [Function(nameof(ReadSessionContent))]
    [Answers("A session's content, the newest or of a version", ErrorCode.NotFound, Content = "*/*", Ranges = true)]
    [Accepts(Query = ["version"], Headers = ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"])]
    public IResult ReadSessionContent(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Route)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var version = call.Query.Number("version", 1, long.MaxValue);
            var (session, content, savedAt) = await sessions.FindCachedFileAsync(call.Caller, sessionId, version, call.Cancelled);
            var facts = new ContentFacts(
                $"\"{content.Sha256}\"",
                savedAt,
                content.SizeBytes,
                Path.GetFileName(session.Path),
                content.Sha256,
                isImmutable: version is not null);
            return new ContentResult(
                facts, (offset, length, cancelled) => sessions.GetCachedFileAsync(content, offset, length, cancelled));
        });

    [Function(nameof(SaveSessionContent))]
    [Answers(
        "Saves a new version",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType,
        Ok = typeof(SaveAnswer))]
    [Accepts(Content = true, Headers = ["If-Match", "X-Fence"])]
    public IResult SaveSessionContent(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = Route)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            // A span in a PUT would replace the whole by a part (RFC 9110, section 14.5).
            if (request.Headers.ContentRange.Count > 0)
                throw CacheException.Invalid("Content-Range", "is for PATCH; PUT takes the whole content.");
            call.Headers.RequirePlainBody();
            return SaveAnswer.Of(call, await sessions.UpdateCachedFileAsync(
                call.Caller, sessionId, request.Body, request.ContentLength, call.Conditions, call.Cancelled));
        });

    [Function(nameof(PatchSessionContent))]
    [Answers(
        "Saves a new version in which a span differs",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, ErrorCode.UnsupportedMediaType, ErrorCode.RangeNotSatisfiable,
        Ok = typeof(SaveAnswer))]
    [Accepts(Content = true, Headers = ["Content-Range", "If-Match", "X-Fence"])]
    public IResult PatchSessionContent(
        [HttpTrigger(AuthorizationLevel.Function, "patch", Route = Route)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            call.Headers.RequirePlainBody();
            var (offset, length, total) = call.Headers.ContentSpan;
            return SaveAnswer.Of(call, await sessions.PatchCachedFileAsync(
                call.Caller, sessionId, request.Body, offset, length, total, call.Conditions, call.Cancelled));
        });
}

/// <summary>A version that was saved.</summary>
internal sealed record SaveAnswer(string SessionId, long Version, string Etag, string Sha256, long SizeBytes)
{
    public static IResult Of(ApiCall call, Session session)
    {
        call.Request.HttpContext.Response.Headers.ETag = session.ETag;
        return call.Ok(
            new SaveAnswer(session.Id, session.Version, session.ETag, session.Content.Sha256, session.Content.SizeBytes),
            $"Version {session.Version} saved");
    }
}
