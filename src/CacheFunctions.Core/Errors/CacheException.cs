namespace CacheFunctions.Errors;

/// <summary>The one exception with which this service says no. It becomes an HTTP answer in one place.</summary>
/// <param name="code">What kind of thing went wrong.</param>
/// <param name="message">What went wrong and what to do, for the caller's eyes: no content, keys or machine paths.</param>
/// <param name="details">Facts that a program can act on, by snake_case name; values that JSON can hold.</param>
public class CacheException(
    ErrorCode code, string message, IReadOnlyDictionary<string, object?>? details = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ErrorCode Code { get; } = code;

    public IReadOnlyDictionary<string, object?>? Details { get; } = details;

    /// <summary>How long a caller should wait before it tries again; null: trying again does not help by itself.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static CacheException Invalid(string field, string problem) => new(
        ErrorCode.InvalidArgument, $"{field}: {problem}", new Dictionary<string, object?> { [field] = problem });

    public static CacheException NotFound(string message) => new(ErrorCode.NotFound, message);

    public static CacheException Unavailable(string message, Exception? inner = null) =>
        new(ErrorCode.Unavailable, message, null, inner) { RetryAfter = TimeSpan.FromSeconds(2) };
}
