namespace CacheFunctions.Catalogue;

/// <summary>What made a file be cached (triggered_by_operation of the second source document).</summary>
public enum CacheTrigger
{
    Watchlist,
    Ondeck,
    Trakt,
    Manual,
    ContinueWatching,
    RealTimeWatch,

    /// <summary>The file is being read at this moment, so it is copied and never replaced.</summary>
    ActiveWatching,
}
