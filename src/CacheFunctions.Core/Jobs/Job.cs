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
/// <param name="UserId">Who may look at it besides admins and machines; null: nobody.</param>
/// <param name="Arguments">JSON that its kind understands.</param>
/// <param name="LeaseUntil">Who carries it out renews this; once it has passed, another instance goes on.</param>
/// <param name="Runs">How often it was begun or gone on with.</param>
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
    JobState State = JobState.Running,
    long BytesDone = 0,
    long? BytesTotal = null,
    int Runs = 1,
    DateTimeOffset? FinishedAt = null,
    string? ErrorCode = null,
    string? Error = null);
