using CacheFunctions.Http;
using CacheFunctions.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>What concerns all sessions: cleanup, statistics, the log.</summary>
public sealed class SessionOverviewFunctions(Api api, SessionService sessions)
{
    [Function(nameof(CleanUpSessions))]
    [Answers("Ends sessions that nobody uses any more", Ok = typeof(SessionCleanupAnswer))]
    [Accepts(Body = typeof(CleanupRequest), BodyIsOptional = true)]
    public IResult CleanUpSessions(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/sessions/cleanup")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var asked = await call.ReadJsonAsync((CleanupRequest body) => body.Checked());
            var report = await sessions.CleanupInactiveSessionsAsync(call.Caller, asked.MaxAgeMinutes, asked.DryRun, call.Cancelled);
            var bytes = report.Cleaned.Sum(each => each.SizeBytes);
            return call.Ok(
                new SessionCleanupAnswer(report.IsDryRun, report.Cleaned.Count, bytes, report.Cleaned, report.Kept, report.IsComplete),
                report.IsDryRun ? $"{report.Cleaned.Count} sessions would be cleaned up" : $"{report.Cleaned.Count} sessions cleaned up");
        });

    [Function(nameof(GetSessionStatistics))]
    [Answers("Sessions by the numbers", Ok = typeof(SessionStatistics))]
    public IResult GetSessionStatistics(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/sessions/statistics")] HttpRequest request) =>
        api.Run(request, async call => call.Ok(await sessions.GetCacheStatisticsAsync(call.Caller, call.Cancelled)));

    [Function(nameof(ListSessionOperations))]
    [Answers("The log of sessions, newest first", Items = typeof(SessionOperationAnswer), Plural = "operations")]
    [Accepts(Query = ["session_id", "user_id", "operation_type", "since", "limit", "cursor"])]
    public IResult ListSessionOperations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/sessions/operations")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var limit = call.Query.Number("limit", 50, 1, 500);
            var filter = OperationFilter.Of(call.Query);
            var (page, cursor) = await sessions.GetOperationsAsync(
                call.Caller, call.Query.Text("session_id"), filter.Fits, limit, call.Query.Text("cursor"), call.Cancelled);
            return call.Page("operations", [.. page.Select(operation => new SessionOperationAnswer(operation))], limit, cursor);
        });
}

internal sealed record SessionOperationAnswer : OperationAnswer
{
    public SessionOperationAnswer(LoggedOperation logged)
        : base(logged) => SessionId = logged.Operation.Entity;

    public string SessionId { get; }
}

/// <param name="Kept">Those that stay although nobody uses them, with why.</param>
/// <param name="IsComplete">Whether all were looked at; the timer goes on with the rest.</param>
internal sealed record SessionCleanupAnswer(
    bool IsDryRun, int CleanedCount, long CleanedBytes, IReadOnlyList<CleanupEntry> Cleaned, IReadOnlyList<CleanupEntry> Kept, bool IsComplete);
