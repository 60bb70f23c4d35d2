namespace CacheFunctions.Sessions;

public enum SessionState
{
    /// <summary>The copy from the origin is still being made.</summary>
    Preparing,
    Active,

    /// <summary>A write back is under way.</summary>
    Syncing,

    /// <summary>The origin has changed since; the caller must say which side wins.</summary>
    Conflict,
    Closed,
}
