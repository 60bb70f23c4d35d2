using System.Text.Json;

namespace CacheFunctions.Client;

/// <summary>Work that outlived an answer.</summary>
/// <param name="Kind">What is done, as <c>cache_copy</c>.</param>
/// <param name="Subject">To which it is done: a session's, file's or directory's id.</param>
/// <param name="BytesTotal">null: unknown.</param>
/// <param name="Result">What came of it so far; null: nothing is told.</param>
/// <param name="Error">Why it failed; null: it did not.</param>
public sealed record JobInfo(
    string JobId,
    string Kind,
    JobState State,
    string Subject,
    string FilePath,
    long BytesDone,
    long? BytesTotal,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    JsonElement? Result,
    JobFailure? Error);

/// <param name="Code">As that of a <see cref="CacheApiException"/>.</param>
public sealed record JobFailure(string Code, string Message);

public enum JobState
{
    /// <summary>A word that this client does not know.</summary>
    Unknown,
    Running,
    Succeeded,
    Failed,
}
