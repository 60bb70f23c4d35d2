namespace CacheFunctions.Sessions;

/// <summary>One of a session's versions.</summary>
/// <param name="Number">1: what the origin held when the session was opened.</param>
public sealed record SessionVersion(long Number, SavedContent Content, DateTimeOffset SavedAt);
