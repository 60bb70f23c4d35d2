namespace CacheFunctions.IntegrationTests.Sessions.Histories;

internal enum LockAct
{
    Acquire,
    Renew,
    Save,
    Sync,
    Release,
    Break,
}

internal enum LockAnswer
{
    /// <summary>It took effect.</summary>
    Done,

    /// <summary>It had no effect, and never will.</summary>
    Refused,

    /// <summary>No answer, or one that leaves it open: it may take effect at any time since its start.</summary>
    Unknown,
}

/// <summary>One call of one client about a lock, as that client saw it. Times are of one clock.</summary>
/// <param name="Fence">What was granted; for a break, whose lock was broken; else what the client showed.</param>
/// <param name="Lasts">For how long a grant was asked.</param>
/// <param name="Number">For a save, which was sent; for a sync, the newest save of the session that was acknowledged before.</param>
internal sealed record LockCall(
    LockAct Act, string Path, string Session, TimeSpan Start, TimeSpan End, LockAnswer Answer, long Fence, TimeSpan Lasts = default, int Number = 0)
{
    public bool IsGrant => Act is LockAct.Acquire or LockAct.Renew && Answer == LockAnswer.Done;

    public bool IsWrite => Act is LockAct.Save or LockAct.Sync && Answer == LockAnswer.Done;

    /// <summary>Whether it ended a grant for certain.</summary>
    public bool IsEnd => Act is LockAct.Release or LockAct.Break && Answer == LockAnswer.Done;

    public bool IsBefore(LockCall other) => Answer != LockAnswer.Unknown && End < other.Start;

    public override string ToString() => $"{Act} of {Path} by {Session}, fence {Fence}, {Answer} ({Start.TotalMilliseconds:F0} to {End.TotalMilliseconds:F0} ms)";
}
