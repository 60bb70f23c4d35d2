using CacheFunctions.Errors;
using CacheFunctions.Http;
using CacheFunctions.Origins;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CacheFunctions.Sessions;

/// <summary>Who may write an origin path.</summary>
public sealed class LockFunctions(Api api, SessionService sessions, OriginSet origins)
{
    private const string OfSession = "api/sessions/{sessionId:minlength(16)}/lock";

    [Function(nameof(AcquireLock))]
    [Answers("Locks the session's file", ErrorCode.NotFound, ErrorCode.Locked, Ok = typeof(GrantAnswer))]
    [Accepts(Body = typeof(LockRequest), BodyIsOptional = true)]
    public IResult AcquireLock(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = OfSession)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var asked = await ReadAsync(call, sessionId);
            var session = await sessions.AcquireLockAsync(call.Caller, sessionId, asked.TtlSeconds, call.Conditions, call.Cancelled);
            return call.Ok(GrantAnswer.Of(session), $"Locked: {session.NasFilePath}");
        });

    [Function(nameof(RenewLock))]
    [Answers("Renews the lock", ErrorCode.NotFound, ErrorCode.PreconditionFailed, Ok = typeof(GrantAnswer))]
    [Accepts(Body = typeof(LockRequest), BodyIsOptional = true, Headers = ["X-Fence"])]
    public IResult RenewLock(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = OfSession)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            var asked = await ReadAsync(call, sessionId);
            var session = await sessions.RenewLockAsync(call.Caller, sessionId, asked.TtlSeconds, call.Conditions, call.Cancelled);
            return call.Ok(GrantAnswer.Of(session), $"Lock renewed: {session.NasFilePath}");
        });

    [Function(nameof(ReleaseLock))]
    [Answers(
        "Releases the lock",
        ErrorCode.NotFound, ErrorCode.PreconditionFailed, Ok = typeof(ReleasedLockAnswer))]
    [Accepts(Body = typeof(LockRequest), BodyIsOptional = true, Headers = ["X-Fence"])]
    public IResult ReleaseLock(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = OfSession)] HttpRequest request, string sessionId) =>
        api.Run(request, async call =>
        {
            await ReadAsync(call, sessionId);
            var session = await sessions.ReleaseLockAsync(call.Caller, sessionId, call.Conditions, call.Cancelled);
            return call.Ok(new ReleasedLockAnswer(session.Id, session.FilePath, Locked: false), $"Lock released: {session.NasFilePath}");
        });

    [Function(nameof(GetLock))]
    [Answers("Whether a file is locked, by whom, and until when", Ok = typeof(LockStateAnswer))]
    [Accepts(Query = ["file_path"])]
    public IResult GetLock(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/locks")] HttpRequest request) =>
        api.Run(request, async call =>
            call.Ok(LockStateAnswer.Of(await sessions.GetLockInfoAsync(FilePath(call), call.Cancelled))));

    [Function(nameof(BreakLock))]
    [Answers("Breaks a file's lock, for admins", ErrorCode.NotFound, Ok = typeof(LockStateAnswer))]
    [Accepts(Query = ["file_path"])]
    public IResult BreakLock(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/locks")] HttpRequest request) =>
        api.Run(request, async call =>
        {
            var broken = await sessions.BreakLockAsync(call.Caller, FilePath(call), call.Cancelled);
            return call.Ok(LockStateAnswer.Of(broken) with { Locked = false }, $"Lock of {broken.Holder!.UserId} broken: {broken.NasPath}");
        });

    private static string FilePath(ApiCall call) => Fields.Path("file_path", call.Query.Text("file_path"));

    /// <summary>The body may repeat whose lock it is and on what; then it must be right.</summary>
    private async Task<LockRequest> ReadAsync(ApiCall call, string sessionId)
    {
        var asked = await call.ReadJsonAsync((LockRequest body) => body.Checked());
        if (asked.UserId is null && asked.FilePath is null) return asked;
        var session = await sessions.GetSessionInfoAsync(call.Caller, sessionId, call.Cancelled);
        if (asked.UserId is not null && asked.UserId != session.UserId)
            throw CacheException.Invalid("user_id", "is not the session's user; leave it out, or open a session for that user.");
        if (asked.FilePath is not null && origins.Resolve(asked.FilePath, null).Id != origins.Get(session.Origin, session.Path).Id)
            throw CacheException.Invalid("file_path", $"is not the session's file, which is {session.NasFilePath}; leave it out.");
        return asked;
    }
}

internal sealed record GrantAnswer(string SessionId, string UserId, string FilePath, long Fence, DateTimeOffset ExpiresAt)
{
    public static GrantAnswer Of(Session session) =>
        new(session.Id, session.UserId, session.FilePath, session.Lock!.Fence, session.Lock.ExpiresAt);
}

/// <param name="Holder">The user; null: nobody.</param>
internal sealed record LockStateAnswer(string NasFilePath, bool Locked, string? Holder, long? Fence, DateTimeOffset? ExpiresAt)
{
    public static LockStateAnswer Of(LockInfo info) =>
        new(info.NasPath, info.Holder is not null, info.Holder?.UserId, info.Holder?.Fence, info.Holder?.ExpiresAt);
}

internal sealed record ReleasedLockAnswer(string SessionId, string FilePath, bool Locked);
