using System.Globalization;
using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>A session's history, and saves that go straight to storage.</summary>
public sealed class SessionVersionFunctions(Api api, SessionService sessions)
{
    private const string One = "api/sessions/{sessionId:minlength(16)}";

    [Function(nameof(ListSessionVersions))]
    [Answers("A session's versions, the newest first", ErrorCode.NotFound, Items = typeof(VersionAnswer), Plural = "versions")]
    [Accepts(Query = ["limit", "cursor"])]
    public IResult ListSessionVersions(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = One + "/versions")] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var limit = call.Query.Number("limit", 50, 1, 500);
            long? before = Http.Cursor.Read(call.Query.Text("cursor")) is { } cursor
                ? long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw CacheException.Invalid("cursor", "is not one that this service gave. Begin again without it.")
                : null;
            var (session, versions) = await sessions.GetVersionsAsync(call.Caller, sessionId, before, limit + 1, call.Cancelled);
            var page = versions.Take(limit).Select(version => VersionAnswer.Of(version, session)).ToList();
            var next = versions.Count > limit ? Http.Cursor.Write($"{page[^1].Version}") : null;
            return call.Page("versions", page, limit, next);
        });

    [Function(nameof(RestoreSessionVersion))]
    [Answers(
        "Saves an older version as a new one",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, Ok = typeof(SaveAnswer))]
    [Accepts(Headers = ["If-Match", "X-Fence"])]
    public IResult RestoreSessionVersion(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/versions/{version:long}/restore")] HttpRequest request,
        string sessionId,
        long version) =>
        api.Run(request, async call =>
        {
            await call.RequireNoBodyAsync();
            return SaveAnswer.Of(call, await sessions.RestoreVersionAsync(
                call.Caller, sessionId, version, call.Conditions, call.Cancelled));
        });

    [Function(nameof(CreateSessionUpload))]
    [Answers(
        "An address for a save that goes straight to storage",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, Ok = typeof(UploadAnswer))]
    [Accepts(Headers = ["If-Match", "X-Fence"])]
    public IResult CreateSessionUpload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/upload-url")] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            await call.RequireNoBodyAsync();
            var upload = await sessions.CreateUploadAsync(call.Caller, sessionId, call.Conditions, call.Cancelled);
            return call.Ok(
                new UploadAnswer(upload.Id, upload.Target.Url, upload.Target.Method, upload.Target.Headers, upload.Target.ExpiresAt),
                "Send the content to the url, then commit the upload");
        });

    [Function(nameof(CommitSessionUpload))]
    [Answers(
        "Makes what was uploaded a new version, once size and hash are found right",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, Ok = typeof(SaveAnswer), Accepted = typeof(JobStartedAnswer))]
    [Accepts(Body = typeof(CommitRequest), Headers = ["If-Match", "X-Fence"])]
    public IResult CommitSessionUpload(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/commit")] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var (uploadId, sizeBytes, sha256) = await call.ReadJsonAsync((CommitRequest body) => body.Checked());
            var commit = await sessions.CommitUploadAsync(
                call.Caller, sessionId, uploadId, sizeBytes, sha256, call.Conditions, call.Cancelled);
            return commit.Result is { } session ? SaveAnswer.Of(call, session) : call.GoesOn(commit.JobId!, "The commit");
        });
}

/// <param name="Current">Whether it is the newest.</param>
internal sealed record VersionAnswer(
    long Version, long SizeBytes, string Sha256, string Etag, DateTimeOffset CreatedAt, bool Current, bool Synced)
{
    public static VersionAnswer Of(SessionVersion version, Session session) => new(
        version.Number,
        version.Content.SizeBytes,
        version.Content.Sha256,
        $"\"{version.Content.Sha256}\"",
        version.SavedAt,
        version.Number == session.Version,
        version.Number <= session.SyncedVersion);
}

internal sealed record UploadAnswer(
    string UploadId, Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);
