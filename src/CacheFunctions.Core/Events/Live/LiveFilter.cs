namespace CacheFunctions.Events.Live;

/// <summary>What somebody wants to hear of.</summary>
/// <param name="Types">null: all.</param>
/// <param name="UserId">Only what concerns this user; null: everything.</param>
public sealed record LiveFilter(IReadOnlySet<EventType>? Types, string? UserId)
{
    internal bool WantsStatistics => Wants(EventType.CacheStatisticsUpdated);

    internal bool Fits(FileEvent file) => Wants(file.Type) && (UserId is null || file.Users.Contains(UserId));

    private bool Wants(EventType type) => Types?.Contains(type) != false;
}
