using System.Net;
using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>The service said no, or a job of its failed.</summary>
public sealed class CacheApiException(string message) : Exception(message)
{
    /// <summary>null: it was answered well, but a job of it failed.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>What kind of thing went wrong, as <c>locked</c>; null: the answer had no body (HEAD), or is not the service's (a proxy's).</summary>
    public string? Code { get; init; }

    /// <summary>Facts that a program can act on, by name; empty: none were told.</summary>
    public IReadOnlyDictionary<string, JsonElement> Details { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>After which time it may be different; null: nothing was said of it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Under which the service's log tells of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>What stands there now, where a condition failed and it was told.</summary>
    public string? ETag { get; init; }
}
