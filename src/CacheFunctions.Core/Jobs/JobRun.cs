using CacheFunctions.Errors;

namespace CacheFunctions.Jobs;

/// <summary>A job as the work that it does sees it.</summary>
public sealed class JobRun(Job job) : IProgress<long>
{
    // What fails for a reason that may pass is tried again; this often, and by then for most of a day.
    private const int MaxRuns = 50;

    private long _done = job.BytesDone;

    public Job Job => job;

    public string Id => job.Id;

    public long BytesDone => Volatile.Read(ref _done);

    /// <summary>How many bytes there are to do; null: not known yet.</summary>
    public long? BytesTotal { get; set; } = job.BytesTotal;

    /// <summary>
    /// What came of it so far, as a JSON object; null: nothing to tell. Who goes on with the job finds what its last
    /// heartbeat carried.
    /// </summary>
    public string? Result { get; set; } = job.Result;

    /// <summary>Whether a caller still waits for the outcome, and will be told of a failure.</summary>
    internal bool IsWaitedFor { get; set; }

    /// <summary>
    /// Whether a failure is one that may pass, and nobody waits to decide about it: then a later run tries again, so
    /// nothing may be undone yet. A run that was called off has lost its lease: another is at it already.
    /// </summary>
    public bool IsTriedAgain(Exception error) =>
        error is OperationCanceledException
        || (!IsWaitedFor && job.Runs < MaxRuns && error is CacheException { Code: ErrorCode.Unavailable or ErrorCode.Locked });

    /// <summary>How many bytes are done. Costs nothing: the next heartbeat carries it.</summary>
    public void Report(long value) => Volatile.Write(ref _done, value);

    /// <summary>The job's row with what is known of its progress.</summary>
    internal Job Progressed(Job now) => now with { BytesDone = BytesDone, BytesTotal = BytesTotal, Result = Result };
}
