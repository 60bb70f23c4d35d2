using CacheFunctions.Callers;
using CacheFunctions.Errors;
using CacheFunctions.Idempotency;
using CacheFunctions.Jobs;
using CacheFunctions.Security;
using CacheFunctions.Sessions;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>One request as an endpoint sees it.</summary>
public sealed class ApiCall(
    HttpRequest request, Identity identity, QueryReader query, AcceptsAttribute accepts, RequestKeys keys, TimeProvider time)
{
    private const string NoBody = "";

    public HttpRequest Request => request;

    public Caller Caller => identity.Caller;

    /// <summary>For how long an answer that goes on may go on; null: as long as its reader wants.</summary>
    public DateTimeOffset? ValidUntil => identity.ValidUntil;

    public QueryReader Query => query;

    public HeaderReader Headers => new(request.Headers);

    public DateTimeOffset Now => time.GetUtcNow();

    public CancellationToken Cancelled => request.HttpContext.RequestAborted;

    private bool HasBody => request.ContentLength is not (null or 0) || request.Headers.TransferEncoding.Count > 0;

    /// <summary>What the request's headers demand of a change; a key for repeating counts once the body was read.</summary>
    public Conditions Conditions => new() { IfMatch = Headers.IfMatch, Fence = Headers.Fence, RequestKey = RequestKey };

    /// <summary>Under which a POST may come again without a second effect; null: every request counts.</summary>
    public string? RequestKey { get; private set; }

    /// <summary>Reads the JSON body and checks it. A request's key counts only for a body that was found right.</summary>
    public async Task<TResult> ReadJsonAsync<T, TResult>(Func<T, TResult> check) where T : class, new()
    {
        if (accepts.Body != typeof(T)) throw new InvalidOperationException($"The function does not say that it accepts {typeof(T)}.");
        var (value, hash) = accepts.BodyIsOptional && !HasBody ? (new T(), NoBody) : await JsonBody.ReadAsync<T>(request, Cancelled);
        var result = check(value);
        await ClaimKeyAsync(hash);
        return result;
    }

    /// <summary>For a POST that takes no body.</summary>
    public async Task RequireNoBodyAsync()
    {
        if (HasBody) throw new CacheException(ErrorCode.InvalidArgument, "The body must be left out: this call takes none.");
        await ClaimKeyAsync(NoBody);
    }

    /// <summary>Success in the envelope of every JSON answer.</summary>
    public IResult Ok(object data, string? message = null) => new EnvelopeResult(StatusCodes.Status200OK, data, message, Now);

    public IResult Created(string location, object data, string? message = null) =>
        At(location, StatusCodes.Status201Created, data, message);

    /// <summary>The work goes on as a job.</summary>
    public IResult Accepted(string jobId, object data, string? message = null) =>
        At($"/api/jobs/{jobId}", StatusCodes.Status202Accepted, data, message);

    /// <inheritdoc cref="Accepted"/>
    /// <param name="what">The work, as it begins a sentence.</param>
    public IResult GoesOn(string jobId, string what) => Accepted(jobId, new JobStartedAnswer(jobId), $"{what} takes long and goes on as a job.");

    /// <summary>One page of a list.</summary>
    /// <param name="plural">What the items are called in the answer.</param>
    /// <param name="cursor">Where the next page begins; null: this is the last.</param>
    public IResult Page<T>(string plural, IReadOnlyList<T> items, int limit, string? cursor) => Ok(new Dictionary<string, object?>
    {
        [plural] = items,
        ["pagination"] = new Pagination(limit, cursor is not null, cursor),
    });

    private EnvelopeResult At(string location, int status, object data, string? message)
    {
        request.HttpContext.Response.Headers.Location = location;
        return new EnvelopeResult(status, data, message, Now);
    }

    private async Task ClaimKeyAsync(string bodyHash)
    {
        if (!HttpMethods.IsPost(request.Method) || Headers.IdempotencyKey is not { } given) return;
        var key = Idempotency.RequestKey.Of(Caller, request.Method, request.Path.Value!, given);
        await keys.ClaimAsync(key, bodyHash, Cancelled);
        RequestKey = key;
    }
}

/// <param name="Cursor">Where the next page begins; null: this is the last.</param>
internal sealed record Pagination(int Limit, bool HasMore, string? Cursor);
