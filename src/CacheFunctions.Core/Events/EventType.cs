namespace CacheFunctions.Events;

/// <summary>The events of the second source document, and one for changes that it does not name. In snake_case they are the interface's words.</summary>
public enum EventType
{
    CacheFileAdded,
    CacheFileRemoved,

    /// <summary>It stays cached, but is no longer what it was: pinned, refreshed, orphaned, for other users.</summary>
    CacheFileChanged,
    CacheStatisticsUpdated,
}
