using CacheFunctions.Security;
using CacheFunctions.Sessions;
using Microsoft.AspNetCore.Http;

namespace CacheFunctions.Http;

/// <summary>One request as an endpoint sees it.</summary>
public sealed class ApiCall(HttpRequest request, Caller caller, QueryReader query, TimeProvider time)
{
    public HttpRequest Request => request;

    public Caller Caller => caller;

    public QueryReader Query => query;

    public HeaderReader Headers => new(request.Headers);

    /// <summary>What the request's headers demand of a change.</summary>
    public Conditions Conditions => new() { IfMatch = Headers.IfMatch, Fence = Headers.Fence };

    public DateTimeOffset Now => time.GetUtcNow();

    public bool HasBody => request.ContentLength is not (null or 0) || request.Headers.TransferEncoding.Count > 0;

    public CancellationToken Cancelled => request.HttpContext.RequestAborted;

    public Task<T> ReadJsonAsync<T>() where T : class => JsonBody.ReadAsync<T>(request, Cancelled);

    /// <summary>Success in the envelope of every JSON answer.</summary>
    public IResult Ok(object data, string? message = null) => new EnvelopeResult(StatusCodes.Status200OK, data, message, Now);

    public IResult Created(string location, object data, string? message = null)
    {
        request.HttpContext.Response.Headers.Location = location;
        return new EnvelopeResult(StatusCodes.Status201Created, data, message, Now);
    }

    /// <summary>One page of a list.</summary>
    /// <param name="plural">What the items are called in the answer.</param>
    /// <param name="cursor">Where the next page begins; null: this is the last.</param>
    public IResult Page<T>(string plural, IReadOnlyList<T> items, int limit, string? cursor) => Ok(new Dictionary<string, object?>
    {
        [plural] = items,
        ["pagination"] = new { Limit = limit, HasMore = cursor is not null, Cursor = cursor },
    });
}
