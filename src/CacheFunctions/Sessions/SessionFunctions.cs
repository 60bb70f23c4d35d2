using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>Edit sessions over HTTP.</summary>
public sealed class SessionFunctions(Api api, SessionService sessions, JobRunner jobs, SessionSettings settings)
{
    // Ids are longer than any literal beside them, so that no request fits two routes.
    private const string One = "api/sessions/{sessionId:minlength(16)}";

    [Function(nameof(CreateSession))]
    [Answers(
        "Opens a file for editing: a private copy of it",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.Locked,
        Created = typeof(SessionAnswer), Accepted = typeof(SessionAnswer))]
    [Accepts(Body = typeof(CreateSessionRequest))]
    public IResult CreateSession(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/sessions")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var asked = await call.ReadJsonAsync((CreateSessionRequest body) => body.Checked());
            var session = await sessions.CreateCacheSessionAsync(call.Caller, asked, call.RequestKey, call.Cancelled);
            return session is { IsPreparing: true, JobId: { } job }
                ? call.Accepted(job, Describe(session, call), $"Session being prepared: {session.NasFilePath}")
                : call.Created($"/api/sessions/{session.Id}", Describe(session, call), $"Session created: {session.NasFilePath}");
        });

    [Function(nameof(ListSessions))]
    [Answers("Active sessions", Items = typeof(SessionAnswer), Plural = "sessions")]
    [Accepts(Query = ["user_id", "state", "limit", "cursor"])]
    public IResult ListSessions(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/sessions")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var limit = call.Query.Number("limit", 50, 1, 500);
            var (page, cursor) = await sessions.GetAllActiveSessionsAsync(
                call.Caller,
                call.Query.Text("user_id"),
                call.Query.Choice<SessionState>("state"),
                limit,
                call.Query.Text("cursor"),
                call.Cancelled);
            return call.Page("sessions", [.. page.Select(session => Describe(session, call))], limit, cursor);
        });

    [Function(nameof(GetSession))]
    [Answers("A session", ErrorCode.NotFound, Ok = typeof(SessionAnswer))]
    public IResult GetSession(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = One)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var session = await sessions.GetSessionInfoAsync(call.Caller, sessionId, call.Cancelled);
            var answer = Describe(session, call);
            if (!session.IsPreparing || session.JobId is null) return call.Ok(answer);
            var job = await jobs.GetAsync(call.Caller, session.JobId, call.Cancelled);
            return call.Ok(answer with { BytesDone = job.BytesDone, BytesTotal = job.BytesTotal });
        });

    [Function(nameof(SyncSession))]
    [Answers(
        "Writes a session back to its origin",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.Locked, ErrorCode.QuotaExceeded,
        Ok = typeof(SyncAnswer), Accepted = typeof(SyncAnswer))]
    [Accepts(Body = typeof(SyncRequest), BodyIsOptional = true, Headers = ["X-Fence"])]
    public IResult SyncSession(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/sync")] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var onConflict = await call.ReadJsonAsync((SyncRequest body) => body.Checked());
            var outcome = await sessions.SyncToNasAsync(call.Caller, sessionId, onConflict, call.Conditions, call.Cancelled);
            var answer = new SyncAnswer(Describe(outcome.Session, call), outcome.Written, outcome.ConflictCopy, outcome.JobId);
            return outcome.JobId is { } job
                ? call.Accepted(job, answer, $"Being written back: {outcome.Session.NasFilePath}")
                : call.Ok(answer, Message(outcome));
        });

    [Function(nameof(EndSession))]
    [Answers(
        "Ends a session; writes it back first",
        ErrorCode.NotFound, ErrorCode.Conflict, ErrorCode.PreconditionFailed, ErrorCode.Locked, ErrorCode.QuotaExceeded, Ok = typeof(SessionAnswer))]
    [Accepts(Query = ["sync_before_cleanup"], Headers = ["X-Fence"])]
    public IResult EndSession(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var sync = call.Query.Flag("sync_before_cleanup", true);
            var session = await sessions.CleanupSessionAsync(call.Caller, sessionId, sync, call.Conditions, call.Cancelled);
            return call.Ok(
                Describe(session, call) with { State = SessionState.Closed }, $"Session closed: {session.NasFilePath}");
        });

    private SessionAnswer Describe(Session session, ApiCall call) => SessionAnswer.Of(session, settings, call.Now);

    private static string Message(SyncOutcome outcome) =>
        outcome.ConflictCopy is { } copy ? $"Both versions were kept: {copy}"
        : outcome.Written ? $"Written back: {outcome.Session.NasFilePath}"
        : $"Already up to date: {outcome.Session.NasFilePath}";
}

/// <param name="Written">Whether the origin was written by this call.</param>
/// <param name="JobId">The job that goes on writing; null: it has ended.</param>
internal sealed record SyncAnswer(SessionAnswer Session, bool Written, string? ConflictCopy, string? JobId);
