using CacheFunctions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>Edit sessions over HTTP.</summary>
public sealed class SessionFunctions(Api api, SessionService sessions, SessionSettings settings)
{
    // Ids are longer than any literal beside them, so that no request fits two routes.
    private const string One = "api/sessions/{sessionId:minlength(16)}";

    [Function(nameof(CreateSession))]
    public Task<IResult> CreateSession(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/sessions")] HttpRequest request) =>
        api.RunAsync(request, async call =>
        {
            var body = await call.ReadJsonAsync<CreateSessionRequest>();
            var session = await sessions.CreateCacheSessionAsync(call.Caller, body.Checked(), null, call.Cancelled);
            return call.Created($"/api/sessions/{session.Id}", Describe(session, call), $"Session created: {session.NasFilePath}");
        });

    [Function(nameof(ListSessions))]
    public Task<IResult> ListSessions(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/sessions")] HttpRequest request) =>
        api.RunAsync(
            request,
            async call =>
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
            },
            "user_id", "state", "limit", "cursor");

    [Function(nameof(GetSession))]
    public Task<IResult> GetSession(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = One)] HttpRequest request, string sessionId) =>
        api.RunAsync(request, async call =>
            call.Ok(Describe(await sessions.GetSessionInfoAsync(call.Caller, sessionId, call.Cancelled), call)));

    [Function(nameof(SyncSession))]
    public Task<IResult> SyncSession(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = One + "/sync")] HttpRequest request, string sessionId) =>
        api.RunAsync(request, async call =>
        {
            var body = call.HasBody ? await call.ReadJsonAsync<SyncRequest>() : new SyncRequest(null);
            var outcome = await sessions.SyncToNasAsync(
                call.Caller, sessionId, body.Checked(), call.Conditions, call.Cancelled);
            return call.Ok(
                new SyncAnswer(Describe(outcome.Session, call), outcome.Written, outcome.ConflictCopy), Message(outcome));
        });

    [Function(nameof(EndSession))]
    public Task<IResult> EndSession(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = One)] HttpRequest request, string sessionId) =>
        api.RunAsync(
            request,
            async call =>
            {
                var sync = call.Query.Flag("sync_before_cleanup", true);
                var session = await sessions.CleanupSessionAsync(call.Caller, sessionId, sync, call.Conditions, call.Cancelled);
                return call.Ok(
                    Describe(session, call) with { State = SessionState.Closed }, $"Session closed: {session.NasFilePath}");
            },
            "sync_before_cleanup");

    private SessionAnswer Describe(Session session, ApiCall call) => SessionAnswer.Of(session, settings, call.Now);

    private static string Message(SyncOutcome outcome) =>
        outcome.ConflictCopy is { } copy ? $"Both versions were kept: {copy}"
        : outcome.Written ? $"Written back: {outcome.Session.NasFilePath}"
        : $"Already up to date: {outcome.Session.NasFilePath}";
}

/// <param name="Written">Whether the origin was written by this call.</param>
internal sealed record SyncAnswer(SessionAnswer Session, bool Written, string? ConflictCopy);
