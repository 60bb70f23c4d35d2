using CacheFunctions.Jobs;

namespace CacheFunctions.Sessions;

/// <summary>Settings under <c>Sessions:</c>.</summary>
public sealed record SessionSettings
{
    /// <summary>Minutes without use after which a session may be cleaned up; 1 to 525,600.</summary>
    public int MaxInactivityMinutes { get; init; } = 60;

    /// <summary>Seconds for which a lock is granted when the caller names none; 5 to 86,400.</summary>
    public int LockTtlSeconds { get; init; } = 900;

    /// <summary>How many of a session's newest versions are kept whatever their age; 1 to 10,000.</summary>
    public int KeepVersions { get; init; } = 20;

    /// <summary>What the slowest origin that is reckoned with moves in a second.</summary>
    internal const long SlowestBytesPerSecond = 2 << 20;

    /// <summary>
    /// Larger files are copied and written back by jobs from the start: a slow origin may take longer for them than a
    /// caller waits. By default 40 MiB. Smaller ones become jobs when a slower origin takes longer (<see cref="Patience"/>).
    /// </summary>
    public long LargeBytes { get; init; } = (long)Patience.Length.TotalSeconds * SlowestBytesPerSecond;

    /// <summary>Seconds for which work may stay unsynced before the timer writes it back; 0 to 86,400.</summary>
    public int SyncAfterSeconds { get; init; } = 60;
}
