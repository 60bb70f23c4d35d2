namespace CacheFunctions.Timers;

/// <summary>What is remembered of a timer between runs.</summary>
/// <param name="Expression">The schedule that <paramref name="Next"/> follows from; another one now means that it was changed.</param>
/// <param name="Last">When the last run began; null: none yet.</param>
/// <param name="Next">When the next run is due.</param>
public sealed record TimerSchedule(string Expression, DateTimeOffset? Last, DateTimeOffset Next, DateTimeOffset LastUpdated);
