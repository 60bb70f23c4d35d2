namespace CacheFunctions.Eviction.Replay;

/// <summary>One use of something cacheable.</summary>
public readonly record struct TraceAccess(ulong Key, long SizeBytes);
