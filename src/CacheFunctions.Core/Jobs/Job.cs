namespace CacheFunctions.Jobs;

public enum JobState
{
    Running,
    Succeeded,
    Failed,
}

/// <summary>Work that outlives a reply: a row with a lease, a heartbeat and progress. Any instance goes on with it.</summary>
/// <param name="Kind">A snake_case word; says who carries it out.</param>
/// <param name="Subject">What it is about: a session's id, say.</param>
/// <param name="FilePath">As callers know it.</param>
/// <param name="UserId">Who may look at it besides admins and machines; null: nobody; empty: everybody who knows its id.</param>
/// <param name="Arguments">JSON that its kind understands.</param>
/// <param name="Claim">While it runs no other job with this claim does; null: it claims nothing.</param>
/// <param name="LeaseUntil">Who carries it out renews this; once it has passed, another instance goes on.</param>
/// <param name="Runs">How often it was begun or gone on with.</param>
/// <param name="Result">A JSON object: what came of it so far, for who asks and for who goes on with it; null: nothing to tell.</param>
/// <param name="ErrorCode">With <paramref name="Error"/> why it failed.</param>
public sealed record Job(
    string Id,
    string Kind,
    string Subject,
    string FilePath,
    string? UserId,
    string Arguments,
    DateTimeOffset StartedAt,
    DateTimeOffset LeaseUntil,
    string? Claim = null,
    JobState State = JobState.Running,
    long BytesDone = 0,
    long? BytesTotal = null,
    string? Result = null,
    int Runs = 1,
    DateTimeOffset? FinishedAt = null,
    string? ErrorCode = null,
    string? Error = null);
