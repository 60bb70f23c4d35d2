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
    public Task<IResult> ReadSessionContent(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = Route)] HttpRequest request, string sessionId) =>
        api.RunAsync(
            request,
            async call =>
            {
                var version = call.Query.Number("version", 1, long.MaxValue);
                var (session, content, savedAt) = await sessions.FindCachedFileAsync(
                    call.Caller, sessionId, version, call.Cancelled);
                var facts = new ContentFacts(
                    $"\"{content.Sha256}\"",
                    savedAt,
                    content.SizeBytes,
                    Path.GetFileName(session.Path),
                    content.Sha256,
                    IsImmutable: version is not null);
                return new ContentResult(
                    facts, (offset, length, cancelled) => sessions.GetCachedFileAsync(content, offset, length, cancelled));
            },
            "version");

    [Function(nameof(SaveSessionContent))]
    public Task<IResult> SaveSessionContent(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = Route)] HttpRequest request, string sessionId) =>
        api.RunAsync(request, async call =>
        {
            // A span in a PUT would replace the whole by a part (RFC 9110, section 14.5).
            if (request.Headers.ContentRange.Count > 0)
                throw CacheException.Invalid("Content-Range", "is for PATCH; PUT takes the whole content.");
            if (request.Headers.ContentEncoding.Count > 0)
                throw new CacheException(ErrorCode.UnsupportedMediaType, "Content-Encoding: send the content as it is, not encoded.");
            var session = await sessions.UpdateCachedFileAsync(
                call.Caller, sessionId, request.Body, request.ContentLength, call.Conditions, call.Cancelled);
            request.HttpContext.Response.Headers.ETag = session.ETag;
            return call.Ok(
                new SaveAnswer(sessionId, session.Version, session.ETag, session.Content.Sha256, session.Content.SizeBytes),
                $"Version {session.Version} saved");
        });
}

internal sealed record SaveAnswer(string SessionId, long Version, string Etag, string Sha256, long SizeBytes);
